/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The differences between the kernels that the module supports (6.1 and later). No other file
 * depends on the kernel's version.
 */
#ifndef ZXMOD_COMPAT_H
#define ZXMOD_COMPAT_H

#include <linux/compiler.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/percpu_counter.h>
#include <linux/slab.h>
#include <linux/version.h>
#include <net/genetlink.h>

/* 6.5: a cache is not merged with others of its size, so slabinfo shows it. */
#ifndef SLAB_NO_MERGE
#define SLAB_NO_MERGE	0
#endif

/*
 * 6.9: with CONFIG_INIT_STACK_ALL_* the compiler clears variables on the stack, except those with
 * this attribute. For variables in hot paths that are written before they are read.
 */
#ifndef __uninitialized
# if __has_attribute(__uninitialized__)
#  define __uninitialized	__attribute__((__uninitialized__))
# else
#  define __uninitialized
# endif
#endif

/*
 * 6.2: each processor has a part of the counters of an mm. Without the sum a small process seems to
 * have no memory.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
static inline u64 zx_mm_counter(struct mm_struct *mm, int member)
{
	return percpu_counter_sum_positive(&mm->rss_stat[member]);
}
#else
static inline u64 zx_mm_counter(struct mm_struct *mm, int member)
{
	return get_mm_counter(mm, member);
}
#endif

/* 6.3: ID mappings of mounts have their own type. 6.6: generic_fillattr() has a request mask. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define zx_idmap	mnt_idmap
#else
#define zx_idmap	user_namespace
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#define zx_generic_fillattr	generic_fillattr
#else
static inline void zx_generic_fillattr(struct zx_idmap *idmap, u32 request_mask,
				       struct inode *inode, struct kstat *stat)
{
	generic_fillattr(idmap, inode, stat);
}
#endif

/* 6.7: what a dump was asked for is in a struct genl_info, as for other requests. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
static inline struct nlattr **zx_dump_attrs(struct netlink_callback *cb)
{
	return genl_info_dump(cb)->attrs;
}
#else
static inline struct nlattr **zx_dump_attrs(struct netlink_callback *cb)
{
	return genl_dumpit_info(cb)->attrs;
}
#endif

/* 6.13: a timer gets its function when it is initialised. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *timer),
				 clockid_t clock_id, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock_id, mode);
	timer->function = function;
}
#endif

/* 6.16: the tracepoint sched_process_exit tells whether the thread is the last. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define ZX_EXIT_PROBE_ARGS	void *data, struct task_struct *task, bool group_dead
#else
#define ZX_EXIT_PROBE_ARGS	void *data, struct task_struct *task
#endif

/* 6.18: a write can ask for no SIGPIPE. */
#ifndef IOCB_NOSIGNAL
#define IOCB_NOSIGNAL	0
#endif

/*
 * kmem_cache_alloc_bulk() allocates all objects or none. Before 7.2 it returns their number, since
 * then whether it succeeded. This function always returns the number.
 */
static inline unsigned int zx_cache_alloc_bulk(struct kmem_cache *cache, gfp_t gfp, size_t count,
					       void **objects)
{
	return kmem_cache_alloc_bulk(cache, gfp, count, objects) ? count : 0;
}

#endif /* ZXMOD_COMPAT_H */
