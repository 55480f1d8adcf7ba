// SPDX-License-Identifier: GPL-2.0-only
/*
 * zircon.ko: initialises its parts in order, and exits in reverse order.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "account.h"
#include "birth.h"
#include "burial.h"
#include "device.h"
#include "handle.h"
#include "ipc/buffer.h"
#include "ipc/channel.h"
#include "ipc/fifo.h"
#include "ipc/port.h"
#include "ipc/socket.h"
#include "job.h"
#include "netlink.h"
#include "objects/clock.h"
#include "objects/counter.h"
#include "objects/event.h"
#include "objects/eventpair.h"
#include "objects/timer.h"
#include "process.h"
#include "thread.h"
#include "wait.h"

/* The parts that objects need. They exit after the last object is freed. */
static const struct {
	int (*init)(void);
	void (*exit)(void);
} zx_parts[] = {
	{ zx_burial_init, zx_burial_exit },
	{ zx_account_init, zx_account_exit },
	{ zx_wait_init, zx_wait_exit },
	{ zx_event_init, zx_event_exit },
	{ zx_eventpair_init, zx_eventpair_exit },
	{ zx_timer_init, zx_timer_exit },
	{ zx_counter_init, zx_counter_exit },
	{ zx_clock_init, zx_clock_exit },
	{ zx_buffer_init, zx_buffer_exit },
	{ zx_channel_init, zx_channel_exit },
	{ zx_socket_init, zx_socket_exit },
	{ zx_fifo_init, zx_fifo_exit },
	{ zx_port_init, zx_port_exit },
	{ zx_job_init, zx_job_exit },
	{ zx_process_init, zx_process_exit },
	{ zx_thread_init, zx_thread_exit },
	/* Tables have a reference to their process until they are freed. */
	{ zx_handle_init, zx_handle_exit },
};

static void zx_parts_exit(int count)
{
	while (count--)
		zx_parts[count].exit();
}

static int __init zx_init(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(zx_parts); i++) {
		err = zx_parts[i].init();
		if (err)
			goto err_parts;
	}
	err = zx_process_start();
	if (err)
		goto err_parts;
	err = zx_thread_start();
	if (err)
		goto err_process;
	err = zx_birth_start();
	if (err)
		goto err_thread;
	err = zx_device_init();
	if (err)
		goto err_birth;
	/* Last: a dump may be open from here on, and keeps the module only if its init succeeds. */
	err = zx_netlink_init();
	if (err)
		goto err_device;
	return 0;

err_device:
	zx_device_exit();
err_birth:
	zx_birth_stop();
err_thread:
	zx_thread_stop();
err_process:
	zx_process_stop();
err_parts:
	zx_parts_exit(i);
	return err;
}

static void __exit zx_exit(void)
{
	/* No process has a file of the module open: such a file has a reference to the module. */
	zx_device_exit();
	zx_birth_stop();
	/* Ends those that have an object and still run. Work may still close handles. */
	zx_thread_stop();
	/* The burial of a process that has not started queues work for the end of processes. */
	zx_burial_flush();
	zx_process_stop();
	zx_burial_flush();
	/* No timer expires any more: all are closed. */
	zx_timer_flush();
	/* No dump is open, either. */
	zx_netlink_exit();
	/*
	 * All objects and tables are released. What remains is the freeing of their memory after a
	 * grace period, and the work that frees the tables' slots after theirs.
	 */
	rcu_barrier();
	zx_parts_exit(ARRAY_SIZE(zx_parts));
}

module_init(zx_init);
module_exit(zx_exit);

MODULE_DESCRIPTION("Zircon's kernel objects for Linux");
MODULE_AUTHOR("The zircon.ko authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
