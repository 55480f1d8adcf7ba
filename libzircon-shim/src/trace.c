// SPDX-License-Identifier: MIT
/*
 * ZIRCON_TRACE: one line for each call that goes to the kernel, as strace shows system calls.
 *
 * An ioctl's number says which call it is, and its struct has all arguments, so one table says how
 * each is shown. Where nothing is traced this costs nothing: zxi_device is negative while calls are
 * traced, so they take the branch that the first call of a process takes. See zxi_device_retry().
 *
 * A call may be made in a child of vfork(), and in a signal handler, also in one that has
 * interrupted the formatting of another line. So a line is on the stack, all that two threads share
 * is written before the first call, see start_trace(), and nothing here allocates, locks or is a
 * cancellation point. The program's pointers may be bad, so only the kernel reads memory through
 * them, see peek().
 *
 * zircon(7) lists the system calls for programs with a seccomp filter. Those here do not depend on
 * the C library, whose fstat() calls newfstatat(2) in some versions. It also says how much stack a
 * call needs: a handler on an alternate stack may make calls.
 */
#define _GNU_SOURCE /* secure_getenv() */

#include "internal.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>

#include <zircon/syscalls/object.h>
#include <zircon/syscalls/port.h>

#define ENVIRONMENT "ZIRCON_TRACE"
#define ACCEPTED "it may be 1, for standard error, or a path with a / in it\n"

/* Programs seldom choose numbers from here on for their own files, as dup2() does. */
#define LOWEST_FD 100

/* Space that the arguments leave: for "...", a status, a time and the end of the line. */
#define TAIL 80

bool zxi_tracing;

/*
 * Where the lines go. The program may close the descriptor and get the number for another file: a
 * line is written only while these are the numbers of the file that was opened. Between this check
 * and write(2) another thread can still replace the file, so the number is also a high one, see
 * open_trace().
 */
static int trace_fd = -1;
static dev_t trace_dev;
static ino_t trace_ino;

/* How an argument is shown. */
enum kind {
	END,
	HANDLE,
	NUMBER,
	SIGNED,
	HEX,			/* options, keys */
	POINTER,
	RIGHTS,
	SIGNALS,
	TIME,			/* a deadline */
	CLOCK,
	TOPIC,
	PROPERTY,
	/* Pointers to what the call reads. */
	HANDLES,
	DISPOSITIONS,
	PACKET,
	REQUEST,		/* of a call: its args but the handles of the reply */
	REQUEST_ETC,
	/* From here on pointers to what it writes, which are formatted after the call. */
	OUT_HANDLE,
	OUT_FD,
	OUT_SIGNED,		/* of 8 bytes */
	OUT_SIZE32,
	OUT_NEEDED,		/* of 4 bytes; also written if the buffer is too small */
	OUT_SIZE,
	OUT_COUNT,		/* of records; .count_offset is that of the topic */
	OUT_KOID,
	OUT_SIGNALS,
	OUT_ITEMS,
	OUT_HANDLES,		/* their number is where another argument points to */
	OUT_INFOS,
	OUT_PACKET,
	REPLY,			/* the end of REQUEST; OUT_HANDLES */
	REPLY_ETC,
};

/* One argument. */
struct zxi_trace_field {
	uint8_t kind;
	uint8_t offset, size;			/* in the request's struct */
	uint8_t count_offset, count_size;	/* the same for the number of elements */
};

#define FIELD(kind, type, member) \
	{ kind, offsetof(struct type, member), sizeof(((struct type *)0)->member), 0, 0 }
#define ARRAY(kind, type, member, count) \
	{ kind, offsetof(struct type, member), sizeof(((struct type *)0)->member), \
	  offsetof(struct type, count), sizeof(((struct type *)0)->count) }

#define HANDLE_FIELD(type) FIELD(HANDLE, type, handle)

#define CREATE_FIELDS {							\
	FIELD(HEX, zx_ioc_create, options),				\
	FIELD(OUT_HANDLE, zx_ioc_create, out0),				\
}

#define CREATE_PAIR_FIELDS {						\
	FIELD(HEX, zx_ioc_create, options),				\
	FIELD(OUT_HANDLE, zx_ioc_create, out0),				\
	FIELD(OUT_HANDLE, zx_ioc_create, out1),				\
}

#define COPY_FIELDS {							\
	HANDLE_FIELD(zx_ioc_handle),					\
	FIELD(RIGHTS, zx_ioc_handle, rights),				\
	FIELD(OUT_HANDLE, zx_ioc_handle, out),				\
}

#define SIGNAL_FIELDS {							\
	HANDLE_FIELD(zx_ioc_object_signal),				\
	FIELD(SIGNALS, zx_ioc_object_signal, clear_mask),		\
	FIELD(SIGNALS, zx_ioc_object_signal, set_mask),			\
}

#define PROPERTY_FIELDS {						\
	HANDLE_FIELD(zx_ioc_object_property),				\
	FIELD(PROPERTY, zx_ioc_object_property, property),		\
	FIELD(POINTER, zx_ioc_object_property, value),			\
	FIELD(NUMBER, zx_ioc_object_property, value_size),		\
}

#define READ_FIELDS(handles_kind) {					\
	HANDLE_FIELD(zx_ioc_channel_read),				\
	FIELD(HEX, zx_ioc_channel_read, options),			\
	FIELD(POINTER, zx_ioc_channel_read, bytes),			\
	ARRAY(handles_kind, zx_ioc_channel_read, handles, actual_handles), \
	FIELD(NUMBER, zx_ioc_channel_read, num_bytes),			\
	FIELD(NUMBER, zx_ioc_channel_read, num_handles),		\
	FIELD(OUT_NEEDED, zx_ioc_channel_read, actual_bytes),			\
	FIELD(OUT_NEEDED, zx_ioc_channel_read, actual_handles),		\
}

#define WRITE_FIELDS(handles_kind) {					\
	HANDLE_FIELD(zx_ioc_channel_write),				\
	FIELD(HEX, zx_ioc_channel_write, options),			\
	FIELD(POINTER, zx_ioc_channel_write, bytes),			\
	FIELD(NUMBER, zx_ioc_channel_write, num_bytes),			\
	ARRAY(handles_kind, zx_ioc_channel_write, handles, num_handles), \
	FIELD(NUMBER, zx_ioc_channel_write, num_handles),		\
}

#define CALL_FIELDS(request_kind, reply_kind) {			\
	HANDLE_FIELD(zx_ioc_channel_call),				\
	FIELD(HEX, zx_ioc_channel_call, options),			\
	FIELD(TIME, zx_ioc_channel_call, deadline),			\
	FIELD(request_kind, zx_ioc_channel_call, args),			\
	ARRAY(reply_kind, zx_ioc_channel_call, args, actual_handles),	\
	FIELD(OUT_SIZE32, zx_ioc_channel_call, actual_bytes),			\
	FIELD(OUT_SIZE32, zx_ioc_channel_call, actual_handles),		\
}

#define SOCKET_IO_FIELDS {						\
	HANDLE_FIELD(zx_ioc_socket_io),					\
	FIELD(HEX, zx_ioc_socket_io, options),				\
	FIELD(POINTER, zx_ioc_socket_io, buffer),			\
	FIELD(NUMBER, zx_ioc_socket_io, size),				\
	FIELD(OUT_SIZE, zx_ioc_socket_io, actual),			\
}

#define FIFO_IO_FIELDS {						\
	HANDLE_FIELD(zx_ioc_fifo_io),					\
	FIELD(NUMBER, zx_ioc_fifo_io, elem_size),			\
	FIELD(POINTER, zx_ioc_fifo_io, data),				\
	FIELD(NUMBER, zx_ioc_fifo_io, count),				\
	FIELD(OUT_SIZE, zx_ioc_fifo_io, actual),			\
}

#define COUNTER_FIELDS {						\
	HANDLE_FIELD(zx_ioc_counter),					\
	FIELD(SIGNED, zx_ioc_counter, value),				\
}

#define CLOCK_FIELDS {							\
	HANDLE_FIELD(zx_ioc_clock),					\
	FIELD(HEX, zx_ioc_clock, options),				\
	FIELD(POINTER, zx_ioc_clock, args),				\
}

#define MEMORY_FIELDS {							\
	HANDLE_FIELD(zxi_memory),					\
	FIELD(POINTER, zxi_memory, vaddr),				\
	FIELD(POINTER, zxi_memory, buffer),				\
	FIELD(NUMBER, zxi_memory, buffer_size),				\
	FIELD(OUT_SIZE, zxi_memory, actual),				\
}

/*
 * The calls, with their arguments in the order of the functions. Each ioctl is here but those that
 * only device.c makes; make check compares this with the kernel's header.
 */
static const struct {
	const char *name;
	struct zxi_trace_field fields[9];	/* the last is END */
} calls[] = {
	[_IOC_NR(ZXL_IOC_PROCESS_SELF)] = { "zx_process_self", {
		FIELD(OUT_HANDLE, zx_ioc_handle, out),
	} },
	[_IOC_NR(ZXL_IOC_HANDLE_EXPORT)] = { "zxl_handle_export", {
		HANDLE_FIELD(zxl_ioc_fd),
		FIELD(HEX, zxl_ioc_fd, options),
		FIELD(OUT_FD, zxl_ioc_fd, out),
	} },
	[_IOC_NR(ZXL_IOC_HANDLE_IMPORT)] = { "zxl_handle_import", {
		FIELD(SIGNED, zxl_ioc_fd, fd),
		FIELD(HEX, zxl_ioc_fd, options),
		FIELD(OUT_HANDLE, zxl_ioc_fd, out),
	} },
	[_IOC_NR(ZXL_IOC_HANDLE_WATCH)] = { "zxl_handle_watch", {
		HANDLE_FIELD(zxl_ioc_fd),
		FIELD(SIGNALS, zxl_ioc_fd, signals),
		FIELD(HEX, zxl_ioc_fd, options),
		FIELD(OUT_FD, zxl_ioc_fd, out),
	} },
	[_IOC_NR(ZXL_IOC_PROCESS_OPEN)] = { "zxl_process_open", {
		FIELD(SIGNED, zxl_ioc_process, pid),
		FIELD(OUT_HANDLE, zxl_ioc_process, out),
	} },
	[_IOC_NR(ZXL_IOC_PROCESS_PID)] = { "zxl_process_pidfd", {
		HANDLE_FIELD(zxl_ioc_process),
		FIELD(OUT_SIZE32, zxl_ioc_process, out),	/* the process id */
	} },
	[_IOC_NR(ZXL_IOC_THREAD_SELF)] = { "zx_thread_self", {
		FIELD(OUT_HANDLE, zx_ioc_handle, out),
	} },
	[_IOC_NR(ZXL_IOC_THREAD_OPEN)] = { "zxl_thread_open", {
		FIELD(SIGNED, zxl_ioc_process, pid),
		FIELD(OUT_HANDLE, zxl_ioc_process, out),
	} },
	/* Of zx_job_default() and zxl_root_job(). */
	[_IOC_NR(ZXL_IOC_JOB_OPEN)] = { "zxl_job_open", {
		FIELD(NUMBER, zxl_ioc_job_open, options),
		FIELD(OUT_HANDLE, zxl_ioc_job_open, out),
	} },
	/* Of zxl_spawn(); the channel with the handles for the program is the third. */
	[_IOC_NR(ZXL_IOC_PROCESS_CREATE)] = { "zxl_process_create", {
		HANDLE_FIELD(zxl_ioc_process_create),
		FIELD(HEX, zxl_ioc_process_create, options),
		FIELD(HANDLE, zxl_ioc_process_create, startup),
		FIELD(POINTER, zxl_ioc_process_create, name),
		FIELD(NUMBER, zxl_ioc_process_create, name_size),
		FIELD(OUT_HANDLE, zxl_ioc_process_create, out),
	} },
	[_IOC_NR(ZXL_IOC_PROCESS_STARTUP)] = { "zx_take_startup_handle", {
		FIELD(OUT_HANDLE, zx_ioc_handle, out),
	} },
	[_IOC_NR(ZX_IOC_HANDLE_CLOSE)] = { "zx_handle_close", { HANDLE_FIELD(zx_ioc_handle) } },
	[_IOC_NR(ZX_IOC_HANDLE_CLOSE_MANY)] = { "zx_handle_close_many", {
		ARRAY(HANDLES, zx_ioc_handle_close_many, handles, count),
		FIELD(NUMBER, zx_ioc_handle_close_many, count),
	} },
	[_IOC_NR(ZX_IOC_HANDLE_DUPLICATE)] = { "zx_handle_duplicate", COPY_FIELDS },
	[_IOC_NR(ZX_IOC_HANDLE_REPLACE)] = { "zx_handle_replace", COPY_FIELDS },
	[_IOC_NR(ZX_IOC_HANDLE_CHECK_VALID)] = { "zx_handle_check_valid", {
		HANDLE_FIELD(zx_ioc_handle),
	} },
	[_IOC_NR(ZX_IOC_OBJECT_WAIT_ASYNC)] = { "zx_object_wait_async", {
		HANDLE_FIELD(zx_ioc_object_wait_async),
		FIELD(HANDLE, zx_ioc_object_wait_async, port),
		FIELD(HEX, zx_ioc_object_wait_async, key),
		FIELD(SIGNALS, zx_ioc_object_wait_async, signals),
		FIELD(HEX, zx_ioc_object_wait_async, options),
	} },
	[_IOC_NR(ZX_IOC_OBJECT_SIGNAL)] = { "zx_object_signal", SIGNAL_FIELDS },
	[_IOC_NR(ZX_IOC_OBJECT_SIGNAL_PEER)] = { "zx_object_signal_peer", SIGNAL_FIELDS },
	[_IOC_NR(ZX_IOC_OBJECT_WAIT_ONE)] = { "zx_object_wait_one", {
		HANDLE_FIELD(zx_ioc_object_wait_one),
		FIELD(SIGNALS, zx_ioc_object_wait_one, signals),
		FIELD(TIME, zx_ioc_object_wait_one, deadline),
		FIELD(OUT_SIGNALS, zx_ioc_object_wait_one, observed),
	} },
	[_IOC_NR(ZX_IOC_OBJECT_WAIT_MANY)] = { "zx_object_wait_many", {
		ARRAY(OUT_ITEMS, zx_ioc_object_wait_many, items, count),
		FIELD(NUMBER, zx_ioc_object_wait_many, count),
		FIELD(TIME, zx_ioc_object_wait_many, deadline),
	} },
	[_IOC_NR(ZX_IOC_OBJECT_GET_INFO)] = { "zx_object_get_info", {
		HANDLE_FIELD(zx_ioc_object_get_info),
		FIELD(TOPIC, zx_ioc_object_get_info, topic),
		FIELD(POINTER, zx_ioc_object_get_info, buffer),
		FIELD(NUMBER, zx_ioc_object_get_info, buffer_size),
		ARRAY(OUT_COUNT, zx_ioc_object_get_info, actual, topic),
		ARRAY(OUT_COUNT, zx_ioc_object_get_info, avail, topic),
	} },
	[_IOC_NR(ZX_IOC_OBJECT_GET_PROPERTY)] = { "zx_object_get_property", PROPERTY_FIELDS },
	[_IOC_NR(ZX_IOC_OBJECT_SET_PROPERTY)] = { "zx_object_set_property", PROPERTY_FIELDS },
	[_IOC_NR(ZX_IOC_OBJECT_GET_CHILD)] = { "zx_object_get_child", {
		HANDLE_FIELD(zx_ioc_object_get_child),
		FIELD(NUMBER, zx_ioc_object_get_child, koid),
		FIELD(RIGHTS, zx_ioc_object_get_child, rights),
		FIELD(OUT_HANDLE, zx_ioc_object_get_child, out),
	} },
	[_IOC_NR(ZX_IOC_EVENT_CREATE)] = { "zx_event_create", CREATE_FIELDS },
	[_IOC_NR(ZX_IOC_EVENTPAIR_CREATE)] = { "zx_eventpair_create", CREATE_PAIR_FIELDS },
	[_IOC_NR(ZX_IOC_CHANNEL_CREATE)] = { "zx_channel_create", CREATE_PAIR_FIELDS },
	[_IOC_NR(ZX_IOC_CHANNEL_READ)] = { "zx_channel_read", READ_FIELDS(OUT_HANDLES) },
	[_IOC_NR(ZX_IOC_CHANNEL_READ_ETC)] = { "zx_channel_read_etc", READ_FIELDS(OUT_INFOS) },
	[_IOC_NR(ZX_IOC_CHANNEL_WRITE)] = { "zx_channel_write", WRITE_FIELDS(HANDLES) },
	[_IOC_NR(ZX_IOC_CHANNEL_WRITE_ETC)] = { "zx_channel_write_etc",
		WRITE_FIELDS(DISPOSITIONS) },
	/* These four are Zircon's own names for the halves of a call. */
	[_IOC_NR(ZX_IOC_CHANNEL_CALL_NORETRY)] = { "zx_channel_call_noretry",
		CALL_FIELDS(REQUEST, REPLY) },
	[_IOC_NR(ZX_IOC_CHANNEL_CALL_FINISH)] = { "zx_channel_call_finish",
		CALL_FIELDS(REQUEST, REPLY) },
	[_IOC_NR(ZX_IOC_CHANNEL_CALL_ETC_NORETRY)] = { "zx_channel_call_etc_noretry",
		CALL_FIELDS(REQUEST_ETC, REPLY_ETC) },
	[_IOC_NR(ZX_IOC_CHANNEL_CALL_ETC_FINISH)] = { "zx_channel_call_etc_finish",
		CALL_FIELDS(REQUEST_ETC, REPLY_ETC) },
	[_IOC_NR(ZX_IOC_SOCKET_CREATE)] = { "zx_socket_create", CREATE_PAIR_FIELDS },
	[_IOC_NR(ZX_IOC_SOCKET_READ)] = { "zx_socket_read", SOCKET_IO_FIELDS },
	[_IOC_NR(ZX_IOC_SOCKET_WRITE)] = { "zx_socket_write", SOCKET_IO_FIELDS },
	[_IOC_NR(ZX_IOC_SOCKET_SET_DISPOSITION)] = { "zx_socket_set_disposition", {
		HANDLE_FIELD(zx_ioc_socket_disposition),
		FIELD(HEX, zx_ioc_socket_disposition, disposition),
		FIELD(HEX, zx_ioc_socket_disposition, disposition_peer),
	} },
	[_IOC_NR(ZX_IOC_SOCKET_SHARE)] = { "zx_socket_share", {
		HANDLE_FIELD(zx_ioc_socket_share),
		FIELD(HANDLE, zx_ioc_socket_share, socket),
	} },
	[_IOC_NR(ZX_IOC_SOCKET_ACCEPT)] = { "zx_socket_accept", {
		HANDLE_FIELD(zx_ioc_handle),
		FIELD(OUT_HANDLE, zx_ioc_handle, out),
	} },
	[_IOC_NR(ZX_IOC_FIFO_CREATE)] = { "zx_fifo_create", {
		FIELD(NUMBER, zx_ioc_fifo_create, elem_count),
		FIELD(NUMBER, zx_ioc_fifo_create, elem_size),
		FIELD(HEX, zx_ioc_fifo_create, options),
		FIELD(OUT_HANDLE, zx_ioc_fifo_create, out0),
		FIELD(OUT_HANDLE, zx_ioc_fifo_create, out1),
	} },
	[_IOC_NR(ZX_IOC_FIFO_READ)] = { "zx_fifo_read", FIFO_IO_FIELDS },
	[_IOC_NR(ZX_IOC_FIFO_WRITE)] = { "zx_fifo_write", FIFO_IO_FIELDS },
	[_IOC_NR(ZX_IOC_PORT_CREATE)] = { "zx_port_create", CREATE_FIELDS },
	[_IOC_NR(ZX_IOC_PORT_QUEUE)] = { "zx_port_queue", {
		HANDLE_FIELD(zx_ioc_port_queue),
		FIELD(PACKET, zx_ioc_port_queue, packet),
	} },
	[_IOC_NR(ZX_IOC_PORT_WAIT)] = { "zx_port_wait", {
		HANDLE_FIELD(zx_ioc_port_wait),
		FIELD(TIME, zx_ioc_port_wait, deadline),
		FIELD(OUT_PACKET, zx_ioc_port_wait, packet),
	} },
	[_IOC_NR(ZX_IOC_PORT_CANCEL)] = { "zx_port_cancel", {
		HANDLE_FIELD(zx_ioc_port_cancel),
		FIELD(HANDLE, zx_ioc_port_cancel, source),
		FIELD(HEX, zx_ioc_port_cancel, key),
	} },
	[_IOC_NR(ZX_IOC_PORT_CANCEL_KEY)] = { "zx_port_cancel_key", {
		HANDLE_FIELD(zx_ioc_port_cancel),
		FIELD(HEX, zx_ioc_port_cancel, source),
		FIELD(HEX, zx_ioc_port_cancel, key),
	} },
	[_IOC_NR(ZX_IOC_TIMER_CREATE)] = { "zx_timer_create", {
		FIELD(HEX, zx_ioc_timer_create, options),
		FIELD(CLOCK, zx_ioc_timer_create, clock_id),
		FIELD(OUT_HANDLE, zx_ioc_timer_create, out),
	} },
	[_IOC_NR(ZX_IOC_TIMER_SET)] = { "zx_timer_set", {
		HANDLE_FIELD(zx_ioc_timer_set),
		FIELD(TIME, zx_ioc_timer_set, deadline),
		FIELD(SIGNED, zx_ioc_timer_set, slack),
	} },
	[_IOC_NR(ZX_IOC_TIMER_CANCEL)] = { "zx_timer_cancel", { HANDLE_FIELD(zx_ioc_handle) } },
	[_IOC_NR(ZX_IOC_COUNTER_CREATE)] = { "zx_counter_create", CREATE_FIELDS },
	[_IOC_NR(ZX_IOC_COUNTER_READ)] = { "zx_counter_read", {
		HANDLE_FIELD(zx_ioc_counter_read),
		FIELD(OUT_SIGNED, zx_ioc_counter_read, out),
	} },
	[_IOC_NR(ZX_IOC_COUNTER_WRITE)] = { "zx_counter_write", COUNTER_FIELDS },
	[_IOC_NR(ZX_IOC_COUNTER_ADD)] = { "zx_counter_add", COUNTER_FIELDS },
	[_IOC_NR(ZX_IOC_CLOCK_CREATE)] = { "zx_clock_create", {
		FIELD(HEX, zx_ioc_clock_create, options),
		FIELD(POINTER, zx_ioc_clock_create, args),
		FIELD(OUT_HANDLE, zx_ioc_clock_create, out),
	} },
	[_IOC_NR(ZX_IOC_CLOCK_READ)] = { "zx_clock_read", {
		HANDLE_FIELD(zx_ioc_clock_read),
		FIELD(OUT_SIGNED, zx_ioc_clock_read, out),
	} },
	[_IOC_NR(ZX_IOC_CLOCK_GET_DETAILS)] = { "zx_clock_get_details", CLOCK_FIELDS },
	[_IOC_NR(ZX_IOC_CLOCK_UPDATE)] = { "zx_clock_update", CLOCK_FIELDS },
	[_IOC_NR(ZX_IOC_TASK_KILL)] = { "zx_task_kill", { HANDLE_FIELD(zx_ioc_handle) } },
	[_IOC_NR(ZX_IOC_PROCESS_EXIT)] = { "zx_process_exit", {
		FIELD(SIGNED, zx_ioc_process_exit, retcode),
	} },
	[_IOC_NR(ZX_IOC_THREAD_CREATE)] = { "zx_thread_create", {
		HANDLE_FIELD(zx_ioc_thread_create),
		FIELD(POINTER, zx_ioc_thread_create, name),
		FIELD(NUMBER, zx_ioc_thread_create, name_size),
		FIELD(HEX, zx_ioc_thread_create, options),
		FIELD(OUT_HANDLE, zx_ioc_thread_create, out),
	} },
	[_IOC_NR(ZX_IOC_JOB_CREATE)] = { "zx_job_create", {
		HANDLE_FIELD(zx_ioc_job_create),
		FIELD(HEX, zx_ioc_job_create, options),
		FIELD(OUT_HANDLE, zx_ioc_job_create, out),
	} },
	[_IOC_NR(ZX_IOC_JOB_SET_POLICY)] = { "zx_job_set_policy", {
		HANDLE_FIELD(zx_ioc_job_set_policy),
		FIELD(HEX, zx_ioc_job_set_policy, options),
		FIELD(HEX, zx_ioc_job_set_policy, topic),
		FIELD(POINTER, zx_ioc_job_set_policy, policy),
		FIELD(NUMBER, zx_ioc_job_set_policy, count),
	} },
	[_IOC_NR(ZX_IOC_JOB_SET_CRITICAL)] = { "zx_job_set_critical", {
		HANDLE_FIELD(zx_ioc_job_set_critical),
		FIELD(HEX, zx_ioc_job_set_critical, options),
		FIELD(HANDLE, zx_ioc_job_set_critical, process),
	} },

	/* What is no ioctl. */
	[ZXI_FUTEX_WAIT] = { "zx_futex_wait", {
		FIELD(POINTER, zxi_futex, value_ptr),
		FIELD(SIGNED, zxi_futex, value),
		FIELD(HANDLE, zxi_futex, handle),
		FIELD(TIME, zxi_futex, deadline),
	} },
	[ZXI_FUTEX_WAKE] = { "zx_futex_wake", {
		FIELD(POINTER, zxi_futex, value_ptr),
		FIELD(NUMBER, zxi_futex, wake_count),
	} },
	[ZXI_FUTEX_REQUEUE] = { "zx_futex_requeue", {
		FIELD(POINTER, zxi_futex, value_ptr),
		FIELD(NUMBER, zxi_futex, wake_count),
		FIELD(SIGNED, zxi_futex, value),
		FIELD(POINTER, zxi_futex, requeue_ptr),
		FIELD(NUMBER, zxi_futex, requeue_count),
		FIELD(HANDLE, zxi_futex, handle),
	} },
	[ZXI_FUTEX_GET_OWNER] = { "zx_futex_get_owner", {
		FIELD(POINTER, zxi_futex, value_ptr),
		FIELD(OUT_KOID, zxi_futex, koid),
	} },
	[ZXI_THREAD_START] = { "zx_thread_start_regs", {
		HANDLE_FIELD(zxi_thread_start),
		FIELD(POINTER, zxi_thread_start, pc),
		FIELD(POINTER, zxi_thread_start, sp),
		FIELD(HEX, zxi_thread_start, arg1),
		FIELD(HEX, zxi_thread_start, arg2),
		FIELD(POINTER, zxi_thread_start, tp),
		FIELD(HEX, zxi_thread_start, abi_reg),
	} },
	[ZXI_PROCESS_READ_MEMORY] = { "zx_process_read_memory", MEMORY_FIELDS },
	[ZXI_PROCESS_WRITE_MEMORY] = { "zx_process_write_memory", MEMORY_FIELDS },
	[ZXI_FUTEX_EXIT] = { "zx_futex_wake_handle_close_thread_exit", {
		FIELD(POINTER, zxi_futex, value_ptr),
		FIELD(NUMBER, zxi_futex, wake_count),
		FIELD(SIGNED, zxi_futex, value),
		FIELD(HANDLE, zxi_futex, handle),
	} },
};

/* Names of values, and of bits. */
struct name {
	uint32_t value;
	const char *name;
};

#define NAME(value) { value, #value }

static const struct name clocks[] = {
	NAME(ZX_CLOCK_MONOTONIC), NAME(ZX_CLOCK_BOOT), {}
};

static const struct name topics[] = {
	NAME(ZX_INFO_HANDLE_VALID), NAME(ZX_INFO_HANDLE_BASIC), NAME(ZX_INFO_PROCESS),
	NAME(ZX_INFO_PROCESS_THREADS), NAME(ZX_INFO_THREAD), NAME(ZX_INFO_TASK_STATS),
	NAME(ZX_INFO_JOB), NAME(ZX_INFO_JOB_CHILDREN), NAME(ZX_INFO_JOB_PROCESSES),
	NAME(ZX_INFO_PROCESS_MAPS), NAME(ZX_INFO_PROCESS_VMOS), NAME(ZX_INFO_THREAD_STATS),
	NAME(ZX_INFO_CPU_STATS), NAME(ZX_INFO_KMEM_STATS), NAME(ZX_INFO_RESOURCE),
	NAME(ZX_INFO_HANDLE_COUNT), NAME(ZX_INFO_PROCESS_HANDLE_STATS), NAME(ZX_INFO_SOCKET),
	NAME(ZX_INFO_VMO), NAME(ZX_INFO_VMAR), NAME(ZX_INFO_TIMER), NAME(ZX_INFO_STREAM),
	NAME(ZX_INFO_HANDLE_TABLE), NAME(ZX_INFO_TASK_RUNTIME_V1), NAME(ZX_INFO_TASK_RUNTIME),
	NAME(ZX_INFO_IOB), NAME(ZX_INFO_IOB_REGIONS), NAME(ZX_INFO_CLOCK_MAPPED_SIZE), {}
};

static const struct name properties[] = {
	NAME(ZX_PROP_NAME),
#if defined(__x86_64__)
	NAME(ZX_PROP_REGISTER_GS), NAME(ZX_PROP_REGISTER_FS),
#endif
	NAME(ZX_PROP_PROCESS_DEBUG_ADDR), NAME(ZX_PROP_PROCESS_VDSO_BASE_ADDRESS),
	NAME(ZX_PROP_PROCESS_BREAK_ON_LOAD), NAME(ZX_PROP_PROCESS_HW_TRACE_CONTEXT_ID),
	NAME(ZX_PROP_SOCKET_RX_THRESHOLD), NAME(ZX_PROP_SOCKET_TX_THRESHOLD),
	NAME(ZX_PROP_JOB_KILL_ON_OOM), NAME(ZX_PROP_EXCEPTION_STATE),
	NAME(ZX_PROP_VMO_CONTENT_SIZE), NAME(ZX_PROP_EXCEPTION_STRATEGY),
	NAME(ZX_PROP_STREAM_MODE_APPEND), {}
};

static const struct name operations[] = {
	NAME(ZX_HANDLE_OP_MOVE), NAME(ZX_HANDLE_OP_DUPLICATE), {}
};

static const struct name types[] = {
	NAME(ZX_OBJ_TYPE_NONE), NAME(ZX_OBJ_TYPE_PROCESS), NAME(ZX_OBJ_TYPE_THREAD),
	NAME(ZX_OBJ_TYPE_VMO), NAME(ZX_OBJ_TYPE_CHANNEL), NAME(ZX_OBJ_TYPE_EVENT),
	NAME(ZX_OBJ_TYPE_PORT), NAME(ZX_OBJ_TYPE_SOCKET), NAME(ZX_OBJ_TYPE_RESOURCE),
	NAME(ZX_OBJ_TYPE_EVENTPAIR), NAME(ZX_OBJ_TYPE_JOB), NAME(ZX_OBJ_TYPE_VMAR),
	NAME(ZX_OBJ_TYPE_FIFO), NAME(ZX_OBJ_TYPE_TIMER), NAME(ZX_OBJ_TYPE_EXCEPTION),
	NAME(ZX_OBJ_TYPE_CLOCK), NAME(ZX_OBJ_TYPE_STREAM), NAME(ZX_OBJ_TYPE_IOB),
	NAME(ZX_OBJ_TYPE_COUNTER), {}
};

static const struct name packets[] = {
	NAME(ZX_PKT_TYPE_USER), NAME(ZX_PKT_TYPE_SIGNAL_ONE), {}
};

static const struct name rights[] = {
	NAME(ZX_RIGHT_DUPLICATE), NAME(ZX_RIGHT_TRANSFER), NAME(ZX_RIGHT_READ),
	NAME(ZX_RIGHT_WRITE), NAME(ZX_RIGHT_EXECUTE), NAME(ZX_RIGHT_MAP),
	NAME(ZX_RIGHT_GET_PROPERTY), NAME(ZX_RIGHT_SET_PROPERTY), NAME(ZX_RIGHT_ENUMERATE),
	NAME(ZX_RIGHT_DESTROY), NAME(ZX_RIGHT_SET_POLICY), NAME(ZX_RIGHT_GET_POLICY),
	NAME(ZX_RIGHT_SIGNAL), NAME(ZX_RIGHT_SIGNAL_PEER), NAME(ZX_RIGHT_WAIT),
	NAME(ZX_RIGHT_INSPECT), NAME(ZX_RIGHT_MANAGE_JOB), NAME(ZX_RIGHT_MANAGE_PROCESS),
	NAME(ZX_RIGHT_MANAGE_THREAD), NAME(ZX_RIGHT_APPLY_PROFILE),
	NAME(ZX_RIGHT_MANAGE_SOCKET), NAME(ZX_RIGHT_OP_CHILDREN), NAME(ZX_RIGHT_RESIZE),
	NAME(ZX_RIGHT_ATTACH_VMO), NAME(ZX_RIGHT_MANAGE_VMO), NAME(ZX_RIGHT_SAME_RIGHTS), {}
};

/* Signals whose name does not depend on the object's type. The others are shown as numbers. */
static const struct name signals[] = {
	NAME(__ZX_OBJECT_READABLE), NAME(__ZX_OBJECT_WRITABLE), NAME(__ZX_OBJECT_PEER_CLOSED),
	NAME(__ZX_OBJECT_SIGNALED), NAME(ZX_SIGNAL_HANDLE_CLOSED), NAME(ZX_USER_SIGNAL_0),
	NAME(ZX_USER_SIGNAL_1), NAME(ZX_USER_SIGNAL_2), NAME(ZX_USER_SIGNAL_3),
	NAME(ZX_USER_SIGNAL_4), NAME(ZX_USER_SIGNAL_5), NAME(ZX_USER_SIGNAL_6),
	NAME(ZX_USER_SIGNAL_7), {}
};

/*
 * Formatting.
 */

static void put_some(struct zxi_trace *trace, const char *text, size_t size)
{
	if (trace->full)
		return;
	if (trace->used + size > trace->limit) {
		trace->full = true;
		text = "...";
		size = 3;
	}
	memcpy(trace->text + trace->used, text, size);
	trace->used += size;
}

static void put(struct zxi_trace *trace, const char *text)
{
	put_some(trace, text, strlen(text));
}

/* At least @digits digits, at most 20. */
static void put_digits(struct zxi_trace *trace, uint64_t value, unsigned int base,
		       unsigned int digits)
{
	char text[20], *end = text + sizeof(text), *start = end;

	do {
		*--start = "0123456789abcdef"[value % base];
		value /= base;
	} while (value || end - start < (ptrdiff_t)digits);
	put_some(trace, start, end - start);
}

static void put_number(struct zxi_trace *trace, uint64_t value)
{
	put_digits(trace, value, 10, 1);
}

static void put_signed(struct zxi_trace *trace, int64_t value)
{
	if (value < 0)
		put(trace, "-");
	put_number(trace, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

static void put_hex(struct zxi_trace *trace, uint64_t value)
{
	if (value)
		put(trace, "0x");
	put_digits(trace, value, 16, 1);
}

static void put_pointer(struct zxi_trace *trace, uint64_t value)
{
	if (value)
		put_hex(trace, value);
	else
		put(trace, "NULL");
}

static void put_handle(struct zxi_trace *trace, zx_handle_t handle)
{
	if (handle == ZX_HANDLE_INVALID) {
		put(trace, "ZX_HANDLE_INVALID");
		return;
	}
	put(trace, "0x");
	put_digits(trace, handle, 16, 8);
}

static void put_time(struct zxi_trace *trace, zx_time_t time)
{
	if (time == ZX_TIME_INFINITE)
		put(trace, "ZX_TIME_INFINITE");
	else if (time == ZX_TIME_INFINITE_PAST)
		put(trace, "ZX_TIME_INFINITE_PAST");
	else
		put_signed(trace, time);
}

static void put_name(struct zxi_trace *trace, const struct name *names, uint32_t value)
{
	for (; names->name; names++) {
		if (names->value == value) {
			put(trace, names->name);
			return;
		}
	}
	put_hex(trace, value);
}

/* The bits by name, and those without one as a number at the end. */
static void put_bits(struct zxi_trace *trace, const struct name *names, uint32_t bits,
		     const char *none)
{
	bool first = true;

	if (!bits)
		put(trace, none);
	for (; names->name; names++) {
		if (!(bits & names->value))
			continue;
		if (!first)
			put(trace, "|");
		put(trace, names->name);
		bits &= ~names->value;
		first = false;
	}
	if (bits) {
		if (!first)
			put(trace, "|");
		put_hex(trace, bits);
	}
}

static void put_rights(struct zxi_trace *trace, zx_rights_t value)
{
	put_bits(trace, rights, value, "ZX_RIGHT_NONE");
}

static void put_signals(struct zxi_trace *trace, zx_signals_t value)
{
	put_bits(trace, signals, value, "ZX_SIGNAL_NONE");
}

static void put_status(struct zxi_trace *trace, zx_status_t status)
{
	const char *name = zx_status_get_string(status);

	/* In brackets if it has none. */
	if (*name == '(')
		put_signed(trace, status);
	else
		put(trace, name);
}

/*
 * The program's memory.
 */

/*
 * Reads memory of this process that may not be there, or not any more. False if it cannot be read,
 * or if the kernel was built without this system call or a sandbox refuses it. The thread's number
 * names the process as well as getpid(2) would.
 */
static bool peek(const struct zxi_trace *trace, uint64_t address, void *to, size_t size)
{
	struct iovec here = { to, size }, there = { (void *)(uintptr_t)address, size };

	return zxi_system_call(SYS_process_vm_readv, (unsigned long)trace->thread, zxi_ptr(&here),
			       1, zxi_ptr(&there), 1, 0) == (long)size;
}

/* An element of an array in the program's memory, of each kind. */
union element {
	zx_handle_t handle;
	struct zx_ioc_wait_item item;
	struct zx_ioc_handle_info info;
	struct zx_ioc_handle_disposition disposition;
};

static size_t element_size(enum kind kind)
{
	switch (kind) {
	case OUT_ITEMS:
		return sizeof(struct zx_ioc_wait_item);
	case OUT_INFOS:
		return sizeof(struct zx_ioc_handle_info);
	case DISPOSITIONS:
		return sizeof(struct zx_ioc_handle_disposition);
	default:
		return sizeof(zx_handle_t);
	}
}

/* @written: the call has written its part. */
static void put_element(struct zxi_trace *trace, enum kind kind, const union element *element,
			bool written)
{
	switch (kind) {
	case OUT_ITEMS:
		put(trace, "{");
		put_handle(trace, element->item.handle);
		put(trace, ", ");
		put_signals(trace, element->item.waitfor);
		if (written) {
			put(trace, " => ");
			put_signals(trace, element->item.pending);
		}
		put(trace, "}");
		break;
	case OUT_INFOS:
		put(trace, "{");
		put_handle(trace, element->info.handle);
		put(trace, ", ");
		put_name(trace, types, element->info.type);
		put(trace, ", ");
		put_rights(trace, element->info.rights);
		put(trace, "}");
		break;
	case DISPOSITIONS:
		put(trace, "{");
		put_name(trace, operations, element->disposition.operation);
		put(trace, ", ");
		put_handle(trace, element->disposition.handle);
		put(trace, ", ");
		put_name(trace, types, element->disposition.type);
		put(trace, ", ");
		put_rights(trace, element->disposition.rights);
		put(trace, "}");
		break;
	default:
		put_handle(trace, element->handle);
		break;
	}
}

/* The pointer, if the array has no element or its first one cannot be read. */
static void put_array(struct zxi_trace *trace, enum kind kind, uint64_t address, uint64_t count,
		      bool written)
{
	const size_t size = element_size(kind);
	union element element = {};

	if (!count || !peek(trace, address, &element, size)) {
		put_pointer(trace, address);
		return;
	}
	put(trace, "[");
	put_element(trace, kind, &element, written);
	for (uint64_t i = 1; i < count && !trace->full; i++) {
		put(trace, ", ");
		if (!peek(trace, address + i * size, &element, size)) {
			put(trace, "?");
			break;
		}
		put_element(trace, kind, &element, written);
	}
	put(trace, "]");
}

/* The number of elements that the call has written, where an argument points to; or 0. */
static uint32_t written_count(const struct zxi_trace *trace, uint64_t address, zx_status_t status)
{
	uint32_t count;

	return status == ZX_OK && peek(trace, address, &count, sizeof(count)) ? count : 0;
}

/* The bytes of a packet of zx_port_queue() are the program's, and may be secret. */
static void put_packet(struct zxi_trace *trace, uint64_t address, bool out)
{
	zx_port_packet_t packet;

	if (!peek(trace, address, &packet, sizeof(packet))) {
		put_pointer(trace, address);
		return;
	}
	put(trace, out ? "=> {key=" : "{key=");
	put_hex(trace, packet.key);
	if (out) {
		put(trace, ", type=");
		put_name(trace, packets, packet.type);
	}
	put(trace, ", status=");
	put_status(trace, packet.status);
	if (out && packet.type == ZX_PKT_TYPE_SIGNAL_ONE) {
		put(trace, ", trigger=");
		put_signals(trace, packet.signal.trigger);
		put(trace, ", observed=");
		put_signals(trace, packet.signal.observed);
		put(trace, ", count=");
		put_number(trace, packet.signal.count);
	}
	put(trace, "}");
}

/* The arguments of a call that are in a struct, up to the handles of the reply: see put_reply(). */
static void put_request(struct zxi_trace *trace, uint64_t address, enum kind handles)
{
	struct zx_ioc_channel_call_args args;

	if (!peek(trace, address, &args, sizeof(args))) {
		put_pointer(trace, address);
		return;
	}
	trace->in_struct = true;
	put(trace, "{wr_bytes=");
	put_pointer(trace, args.wr_bytes);
	put(trace, ", wr_num_bytes=");
	put_number(trace, args.wr_num_bytes);
	put(trace, ", wr_handles=");
	put_array(trace, handles, args.wr_handles, args.wr_num_handles, false);
	put(trace, ", wr_num_handles=");
	put_number(trace, args.wr_num_handles);
	put(trace, ", rd_bytes=");
	put_pointer(trace, args.rd_bytes);
	put(trace, ", rd_num_bytes=");
	put_number(trace, args.rd_num_bytes);
	put(trace, ", rd_num_handles=");
	put_number(trace, args.rd_num_handles);
}

static void put_reply(struct zxi_trace *trace, uint64_t address, enum kind handles,
		      uint64_t count_address, zx_status_t status)
{
	struct zx_ioc_channel_call_args args;

	put(trace, "rd_handles=");
	if (peek(trace, address, &args, sizeof(args)))
		put_array(trace, handles, args.rd_handles,
			  written_count(trace, count_address, status), true);
	else
		put(trace, "?");
	put(trace, "}");
}

/*
 * Arguments.
 */

/* One with 4 or 8 bytes. */
static uint64_t value_at(const void *arg, uint8_t offset, uint8_t size)
{
	const char *at = (const char *)arg + offset;
	uint32_t small;
	uint64_t large;

	if (size == sizeof(small)) {
		memcpy(&small, at, sizeof(small));
		return small;
	}
	memcpy(&large, at, sizeof(large));
	return large;
}

/*
 * Whether a call that ends with @status has written what an argument of this kind points to. A
 * reply that does not fit is dropped, and zx_channel_call() does not say how large it was.
 */
static bool is_written(enum kind kind, zx_status_t status)
{
	switch (kind) {
	case OUT_SIGNALS:
	case OUT_ITEMS:
		return status == ZX_OK || status == ZX_ERR_TIMED_OUT || status == ZX_ERR_CANCELED;
	case OUT_NEEDED:
	case OUT_COUNT:
		return status == ZX_OK || status == ZX_ERR_BUFFER_TOO_SMALL;
	default:
		return status == ZX_OK;
	}
}

/* What a pointer leads to, if the call has written that, and else the pointer. */
static void put_out(struct zxi_trace *trace, enum kind kind, uint64_t address, size_t size,
		    zx_status_t status)
{
	uint64_t value = 0;

	/* The bytes that are not read are zero, and on this machine the last. */
	_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little endian");
	if (!is_written(kind, status) || !peek(trace, address, &value, size)) {
		put_pointer(trace, address);
		return;
	}
	put(trace, "=> ");
	switch (kind) {
	case OUT_HANDLE:
		put_handle(trace, (zx_handle_t)value);
		break;
	case OUT_FD:
		put_signed(trace, (int32_t)value);
		break;
	case OUT_SIGNED:
		put_signed(trace, (int64_t)value);
		break;
	case OUT_SIGNALS:
		put_signals(trace, (zx_signals_t)value);
		break;
	default:
		put_number(trace, value);
		break;
	}
}

/* One argument. @status is of no account for those that the call does not write. */
static void put_field(struct zxi_trace *trace, const struct zxi_trace_field *field,
		      zx_status_t status)
{
	const enum kind kind = field->kind;
	uint64_t value = value_at(trace->arg, field->offset, field->size), count = 0;

	if (field->count_offset)
		count = value_at(trace->arg, field->count_offset, field->count_size);
	switch (kind) {
	case HANDLE:
		put_handle(trace, (zx_handle_t)value);
		break;
	case NUMBER:
		put_number(trace, value);
		break;
	case SIGNED:
		put_signed(trace, field->size == 4 ? (int32_t)value : (int64_t)value);
		break;
	case HEX:
		put_hex(trace, value);
		break;
	case RIGHTS:
		put_rights(trace, (zx_rights_t)value);
		break;
	case SIGNALS:
		put_signals(trace, (zx_signals_t)value);
		break;
	case TIME:
		put_time(trace, (zx_time_t)value);
		break;
	case CLOCK:
		put_name(trace, clocks, (uint32_t)value);
		break;
	case TOPIC:
		put_name(trace, topics, (uint32_t)value);
		break;
	case PROPERTY:
		put_name(trace, properties, (uint32_t)value);
		break;
	case HANDLES:
	case DISPOSITIONS:
	case OUT_ITEMS:
		put_array(trace, kind, value, count, is_written(kind, status));
		break;
	case OUT_HANDLES:
	case OUT_INFOS:
		count = written_count(trace, count, status);
		if (count)
			put(trace, "=> ");
		put_array(trace, kind, value, count, true);
		break;
	case PACKET:
		put_packet(trace, value, false);
		break;
	case OUT_PACKET:
		if (status == ZX_OK)
			put_packet(trace, value, true);
		else
			put_pointer(trace, value);
		break;
	case REQUEST:
		put_request(trace, value, HANDLES);
		break;
	case REQUEST_ETC:
		put_request(trace, value, DISPOSITIONS);
		break;
	case REPLY:
		put_reply(trace, value, OUT_HANDLES, count, status);
		break;
	case REPLY_ETC:
		put_reply(trace, value, OUT_INFOS, count, status);
		break;
	case OUT_HANDLE:
	case OUT_SIGNALS:
	case OUT_FD:
	case OUT_SIZE32:
	case OUT_NEEDED:
		put_out(trace, kind, value, sizeof(uint32_t), status);
		break;
	case OUT_COUNT:
		/* The one topic without records writes no counts. */
		if (count == ZX_INFO_HANDLE_VALID)
			put_pointer(trace, value);
		else
			put_out(trace, kind, value, sizeof(uint64_t), status);
		break;
	case OUT_SIZE:
	case OUT_SIGNED:
	case OUT_KOID:
		put_out(trace, kind, value, sizeof(uint64_t), status);
		break;
	case END:
	case POINTER:
		put_pointer(trace, value);
		break;
	}
}

/*
 * The file.
 */

/* The kernel's set of the signals, of 8 bytes: the C library's has 128, which are stack here. */
#define SIGNAL_BIT(number) (1ull << ((number) - 1))

/* Writes without a signal for a pipe that has no reader, or for a file that may not grow. */
static void write_unsignaled(const char *text, size_t size)
{
	const uint64_t raised = SIGNAL_BIT(SIGPIPE) | SIGNAL_BIT(SIGXFSZ);
	const struct timespec no_time = {};
	uint64_t pending = 0, blocked = 0;
	long n;

	zxi_system_call(SYS_rt_sigprocmask, SIG_BLOCK, zxi_ptr(&raised), zxi_ptr(&blocked),
			sizeof(raised), 0, 0);
	zxi_system_call(SYS_rt_sigpending, zxi_ptr(&pending), sizeof(pending), 0, 0, 0, 0);
	do
		n = zxi_system_call(SYS_write, (unsigned long)trace_fd, zxi_ptr(text), size, 0, 0,
				    0);
	while (n == -EINTR);
	if (n == -EPIPE || n == -EFBIG) {
		const uint64_t one = SIGNAL_BIT(n == -EPIPE ? SIGPIPE : SIGXFSZ);

		if (!(pending & one))
			zxi_system_call(SYS_rt_sigtimedwait, zxi_ptr(&one), 0, zxi_ptr(&no_time),
					sizeof(one), 0, 0);
	}
	zxi_system_call(SYS_rt_sigprocmask, SIG_SETMASK, zxi_ptr(&blocked), 0, sizeof(blocked), 0,
			0);
}

/* What trace_fd is. 0, or a negative errno. */
static int stat_trace(struct stat *file)
{
	return (int)zxi_system_call(SYS_fstat, (unsigned long)trace_fd, zxi_ptr(file), 0, 0, 0, 0);
}

/* One write for each line: threads and processes that share the file do not mix theirs. */
static void write_line(struct zxi_trace *trace)
{
	struct stat file;

	if (stat_trace(&file) == 0 && file.st_dev == trace_dev && file.st_ino == trace_ino)
		write_unsignaled(trace->text, trace->used);
}

/*
 * Lines.
 */

void zxi_trace_begin(struct zxi_trace *trace, unsigned long request, const void *arg)
{
	/* Those that are no ioctls have other numbers. */
	const unsigned int number = _IOC_NR(request);
	const char *separator = "";

	trace->field = calls[number].fields;
	trace->arg = arg;
	trace->thread = (pid_t)zxi_system_call(SYS_gettid, 0, 0, 0, 0, 0, 0);
	trace->used = 0;
	trace->limit = sizeof(trace->text) - TAIL;
	trace->full = false;
	trace->in_struct = false;
	put_number(trace, (uint64_t)trace->thread);
	put(trace, " ");
	put(trace, calls[number].name);
	put(trace, "(");
	for (; trace->field->kind != END && trace->field->kind < OUT_HANDLE; trace->field++) {
		put(trace, separator);
		put_field(trace, trace->field, ZX_OK);
		separator = ", ";
	}
	if (trace->field->kind != END)
		put(trace, separator);
	trace->start = zx_clock_get_monotonic();
}

/* What comes after the arguments, for which there is always space. */
static void put_end(struct zxi_trace *trace)
{
	trace->limit = sizeof(trace->text);
	trace->full = false;
	put(trace, ") = ");
}

void zxi_trace_end(struct zxi_trace *trace, zx_status_t status)
{
	const zx_duration_t duration = zx_clock_get_monotonic() - trace->start;
	const char *separator = "";

	for (; trace->field->kind != END; trace->field++) {
		/* REPLY belongs to a struct, which could perhaps not be read. */
		if (trace->field->kind >= REPLY && !trace->in_struct)
			continue;
		put(trace, separator);
		put_field(trace, trace->field, status);
		separator = ", ";
	}
	put_end(trace);
	put_status(trace, status);
	put(trace, " <");
	put_number(trace, duration / ZX_SEC(1));
	put(trace, ".");
	put_digits(trace, duration % ZX_SEC(1) / ZX_USEC(1), 10, 6);
	put(trace, ">\n");
	write_line(trace);
}

void zxi_trace_last(struct zxi_trace *trace)
{
	put_end(trace);
	put(trace, "?\n");
	write_line(trace);
}

zx_status_t zxi_trace_call(int fd, unsigned long request, void *arg)
{
	long ret = -EBADF;
	struct zxi_trace trace;
	zx_status_t status;

	zxi_trace_begin(&trace, request, arg);
	if (fd >= 0)
		ret = zxi_ioctl(fd, request, arg);
	status = ret >= 0 ? (zx_status_t)-ret : zxi_device_finish(fd, ret, request, arg);
	zxi_trace_end(&trace, status);
	return status;
}

/*
 * Opens the file for the lines, or standard error if @path is NULL. A descriptor, or -1 and errno:
 * ENXIO for a FIFO that no program has open for reading, where open() without O_NONBLOCK would
 * wait. The flag is cleared then, so that no line is lost where a pipe is full.
 */
static int open_trace(const char *path)
{
	int fd = STDERR_FILENO, high;

	if (path)
		fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY |
			  O_NONBLOCK, 0600);
	if (fd < 0)
		return -1;
	if (path)
		fcntl(fd, F_SETFL, O_APPEND);
	high = fcntl(fd, F_DUPFD_CLOEXEC, LOWEST_FD);
	/*
	 * RLIMIT_NOFILE does not allow that. A program without stdin, stdout or stderr may take
	 * what it opens next for one of them.
	 */
	if (high < 0)
		high = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (path)
		close(fd);
	return high;
}

static const char *why_not_opened(int err)
{
	switch (err) {
	case ELOOP:
		return "it is a symbolic link";
	case ENXIO:
		return "it is a FIFO without a reader, or a socket";
	default:
		return strerror(err);
	}
}

/*
 * When the library is loaded: before main() and the program's own constructors, which may make
 * calls, or, if the program loads it with dlopen(), before that returns. So this is before the
 * first call, and the program may change its environment, its root and its standard error later.
 */
__attribute__((constructor(101))) static void start_trace(void)
{
	const char *value = secure_getenv(ENVIRONMENT);
	const char *path = value && strchr(value, '/') ? value : NULL;
	struct stat file;
	int err;

	if (!value || !*value || !strcmp(value, "0"))
		return;
	if (!path && strcmp(value, "1")) {
		dprintf(STDERR_FILENO, "zircon: " ENVIRONMENT "=%.16s traces nothing: " ACCEPTED,
			value);
		return;
	}
	trace_fd = open_trace(path);
	err = trace_fd < 0 ? errno : -stat_trace(&file);
	if (err) {
		dprintf(STDERR_FILENO, "zircon: cannot open the file that " ENVIRONMENT
			" names: %s\n", why_not_opened(err));
		return;
	}
	trace_dev = file.st_dev;
	trace_ino = file.st_ino;
	zxi_tracing = true;
}
