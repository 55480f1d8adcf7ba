/* SPDX-License-Identifier: MIT */
/*
 * Calls of Zircon that this library does not have, but that the inline functions of Fuchsia's C++
 * headers in lib/zx mention, so that those headers compile. Each returns ZX_ERR_NOT_SUPPORTED and
 * does nothing: it consumes no handle and writes to no buffer. docs/syscalls.md says for each what
 * a Linux program uses instead, or that it is to come. They have no man pages.
 * <zircon/syscalls.h> includes this.
 */
#ifndef ZIRCON_SYSCALLS_UNSUPPORTED_H_
#define ZIRCON_SYSCALLS_UNSUPPORTED_H_

#include <zircon/syscalls/iob.h>
#include <zircon/syscalls/types.h>
#include <zircon/types.h>

__BEGIN_CDECLS

/*
 * Tasks and exceptions.
 */
zx_status_t zx_exception_get_process(zx_handle_t handle, zx_handle_t *out);
zx_status_t zx_exception_get_thread(zx_handle_t handle, zx_handle_t *out);
zx_status_t zx_task_create_exception_channel(zx_handle_t handle, uint32_t options,
					     zx_handle_t *out);
zx_status_t zx_task_suspend(zx_handle_t handle, zx_handle_t *token);
zx_status_t zx_task_suspend_token(zx_handle_t handle, zx_handle_t *token);
zx_status_t zx_thread_raise_exception(uint32_t options, uint32_t type,
				      const zx_exception_context_t *context);
zx_status_t zx_thread_read_state(zx_handle_t handle, uint32_t kind, void *buffer,
				 size_t buffer_size);
zx_status_t zx_thread_write_state(zx_handle_t handle, uint32_t kind, const void *buffer,
				  size_t buffer_size);

/*
 * Memory.
 */
zx_status_t zx_clock_get_details_mapped(const void *clock_addr, uint64_t options, void *details);
zx_status_t zx_clock_read_mapped(const void *clock_addr, zx_time_t *now);
zx_status_t zx_iob_writev(zx_handle_t handle, zx_iob_write_options_t options,
			  uint32_t region_index, const zx_iovec_t *vectors, size_t num_vectors);
zx_status_t zx_pager_create_vmo(zx_handle_t pager, uint32_t options, zx_handle_t port,
				uint64_t key, uint64_t size, zx_handle_t *out);
zx_status_t zx_pager_detach_vmo(zx_handle_t pager, zx_handle_t vmo);
zx_status_t zx_pager_op_range(zx_handle_t pager, uint32_t op, zx_handle_t pager_vmo,
			      uint64_t offset, uint64_t length, uint64_t data);
zx_status_t zx_pager_query_vmo_stats(zx_handle_t pager, zx_handle_t pager_vmo, uint32_t options,
				     void *buffer, size_t buffer_size);
zx_status_t zx_pager_supply_pages(zx_handle_t pager, zx_handle_t pager_vmo, uint64_t offset,
				  uint64_t length, zx_handle_t aux_vmo, uint64_t aux_offset);
zx_status_t zx_stream_readv(zx_handle_t handle, uint32_t options, zx_iovec_t *vectors,
			    size_t num_vectors, size_t *actual);
zx_status_t zx_stream_readv_at(zx_handle_t handle, uint32_t options, zx_off_t offset,
			       zx_iovec_t *vectors, size_t num_vectors, size_t *actual);
zx_status_t zx_stream_seek(zx_handle_t handle, zx_stream_seek_origin_t whence, int64_t offset,
			   zx_off_t *out_seek);
zx_status_t zx_stream_writev(zx_handle_t handle, uint32_t options, const zx_iovec_t *vectors,
			     size_t num_vectors, size_t *actual);
zx_status_t zx_stream_writev_at(zx_handle_t handle, uint32_t options, zx_off_t offset,
				const zx_iovec_t *vectors, size_t num_vectors, size_t *actual);
zx_status_t zx_vmar_destroy(zx_handle_t handle);
zx_status_t zx_vmar_map(zx_handle_t handle, zx_vm_option_t options, size_t vmar_offset,
			zx_handle_t vmo, uint64_t vmo_offset, size_t len,
			zx_vaddr_t *mapped_addr);
zx_status_t zx_vmar_map_clock(zx_handle_t handle, zx_vm_option_t options, size_t vmar_offset,
			      zx_handle_t clock, size_t len, zx_vaddr_t *mapped_addr);
zx_status_t zx_vmar_map_iob(zx_handle_t handle, zx_vm_option_t options, size_t vmar_offset,
			    zx_handle_t ep, uint32_t region_index, uint64_t region_offset,
			    size_t region_length, zx_vaddr_t *mapped_addr);
zx_status_t zx_vmar_op_range(zx_handle_t handle, uint32_t op, zx_vaddr_t address, size_t size,
			     void *buffer, size_t buffer_size);
zx_status_t zx_vmar_protect(zx_handle_t handle, zx_vm_option_t options, zx_vaddr_t addr,
			    size_t len);
zx_status_t zx_vmar_unmap(zx_handle_t handle, zx_vaddr_t addr, size_t len);
zx_status_t zx_vmo_create_child(zx_handle_t handle, uint32_t options, uint64_t offset,
				uint64_t size, zx_handle_t *out);
zx_status_t zx_vmo_get_size(zx_handle_t handle, uint64_t *size);
zx_status_t zx_vmo_get_stream_size(zx_handle_t handle, uint64_t *size);
zx_status_t zx_vmo_op_range(zx_handle_t handle, uint32_t op, uint64_t offset, uint64_t size,
			    void *buffer, size_t buffer_size);
zx_status_t zx_vmo_read(zx_handle_t handle, void *buffer, uint64_t offset, size_t buffer_size);
zx_status_t zx_vmo_replace_as_executable(zx_handle_t handle, zx_handle_t vmex, zx_handle_t *out);
zx_status_t zx_vmo_set_cache_policy(zx_handle_t handle, uint32_t cache_policy);
zx_status_t zx_vmo_set_size(zx_handle_t handle, uint64_t size);
zx_status_t zx_vmo_set_stream_size(zx_handle_t handle, uint64_t size);
zx_status_t zx_vmo_transfer_data(zx_handle_t dst_vmo, uint32_t options, uint64_t offset,
				 uint64_t length, zx_handle_t src_vmo, uint64_t src_offset);
zx_status_t zx_vmo_write(zx_handle_t handle, const void *buffer, uint64_t offset,
			 size_t buffer_size);

/*
 * Drivers, virtual machines and the kernel's log.
 */
zx_status_t zx_bti_pin(zx_handle_t handle, uint32_t options, zx_handle_t vmo, uint64_t offset,
		       uint64_t size, zx_paddr_t *addrs, size_t num_addrs, zx_handle_t *pmt);
zx_status_t zx_bti_release_quarantine(zx_handle_t handle);
zx_status_t zx_debuglog_read(zx_handle_t handle, uint32_t options, void *buffer,
			     size_t buffer_size);
zx_status_t zx_debuglog_write(zx_handle_t handle, uint32_t options, const void *buffer,
			      size_t buffer_size);
zx_status_t zx_guest_set_trap(zx_handle_t handle, uint32_t kind, zx_vaddr_t addr, size_t size,
			      zx_handle_t port_handle, uint64_t key);
zx_status_t zx_interrupt_ack(zx_handle_t handle);
zx_status_t zx_interrupt_bind(zx_handle_t handle, zx_handle_t port_handle, uint64_t key,
			      uint32_t options);
zx_status_t zx_interrupt_destroy(zx_handle_t handle);
zx_status_t zx_interrupt_trigger(zx_handle_t handle, uint32_t options, zx_time_t timestamp);
zx_status_t zx_interrupt_wait(zx_handle_t handle, zx_time_t *out_timestamp);
zx_status_t zx_pmt_unpin(zx_handle_t handle);
zx_status_t zx_vcpu_enter(zx_handle_t handle, zx_port_packet_t *packet);
zx_status_t zx_vcpu_interrupt(zx_handle_t handle, uint32_t vector);
zx_status_t zx_vcpu_kick(zx_handle_t handle);
zx_status_t zx_vcpu_read_state(zx_handle_t handle, uint32_t kind, void *buffer,
			       size_t buffer_size);
zx_status_t zx_vcpu_write_state(zx_handle_t handle, uint32_t kind, const void *buffer,
				size_t buffer_size);

/*
 * The second names, see __ZX_TWIN in <zircon/compiler.h>.
 */
__ZX_TWIN(zx_bti_pin);
__ZX_TWIN(zx_bti_release_quarantine);
__ZX_TWIN(zx_debuglog_read);
__ZX_TWIN(zx_debuglog_write);
__ZX_TWIN(zx_exception_get_process);
__ZX_TWIN(zx_exception_get_thread);
__ZX_TWIN(zx_guest_set_trap);
__ZX_TWIN(zx_interrupt_ack);
__ZX_TWIN(zx_interrupt_bind);
__ZX_TWIN(zx_interrupt_destroy);
__ZX_TWIN(zx_interrupt_trigger);
__ZX_TWIN(zx_interrupt_wait);
__ZX_TWIN(zx_clock_get_details_mapped);
__ZX_TWIN(zx_clock_read_mapped);
__ZX_TWIN(zx_iob_writev);
__ZX_TWIN(zx_pager_create_vmo);
__ZX_TWIN(zx_pager_detach_vmo);
__ZX_TWIN(zx_pager_op_range);
__ZX_TWIN(zx_pager_query_vmo_stats);
__ZX_TWIN(zx_pager_supply_pages);
__ZX_TWIN(zx_pmt_unpin);
__ZX_TWIN(zx_stream_readv);
__ZX_TWIN(zx_stream_readv_at);
__ZX_TWIN(zx_stream_seek);
__ZX_TWIN(zx_stream_writev);
__ZX_TWIN(zx_stream_writev_at);
__ZX_TWIN(zx_task_create_exception_channel);
__ZX_TWIN(zx_task_suspend);
__ZX_TWIN(zx_task_suspend_token);
__ZX_TWIN(zx_thread_raise_exception);
__ZX_TWIN(zx_thread_read_state);
__ZX_TWIN(zx_thread_write_state);
__ZX_TWIN(zx_vcpu_enter);
__ZX_TWIN(zx_vcpu_interrupt);
__ZX_TWIN(zx_vcpu_kick);
__ZX_TWIN(zx_vcpu_read_state);
__ZX_TWIN(zx_vcpu_write_state);
__ZX_TWIN(zx_vmar_destroy);
__ZX_TWIN(zx_vmar_map);
__ZX_TWIN(zx_vmar_map_clock);
__ZX_TWIN(zx_vmar_map_iob);
__ZX_TWIN(zx_vmar_op_range);
__ZX_TWIN(zx_vmar_protect);
__ZX_TWIN(zx_vmar_unmap);
__ZX_TWIN(zx_vmo_create_child);
__ZX_TWIN(zx_vmo_get_size);
__ZX_TWIN(zx_vmo_get_stream_size);
__ZX_TWIN(zx_vmo_op_range);
__ZX_TWIN(zx_vmo_read);
__ZX_TWIN(zx_vmo_replace_as_executable);
__ZX_TWIN(zx_vmo_set_cache_policy);
__ZX_TWIN(zx_vmo_set_size);
__ZX_TWIN(zx_vmo_set_stream_size);
__ZX_TWIN(zx_vmo_transfer_data);
__ZX_TWIN(zx_vmo_write);

__END_CDECLS

#endif /* ZIRCON_SYSCALLS_UNSUPPORTED_H_ */
