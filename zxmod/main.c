// SPDX-License-Identifier: GPL-2.0-only
/*
 * zircon.ko: the order in which the parts come up, and the same order backwards.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "device.h"
#include "ipc/channel.h"
#include "ipc/inflight.h"
#include "ipc/message.h"
#include "objects/event.h"
#include "objects/eventpair.h"
#include "process.h"

static int __init zx_init(void)
{
	int err;

	err = zx_event_init();
	if (err)
		return err;
	err = zx_eventpair_init();
	if (err)
		goto err_event;
	err = zx_message_init();
	if (err)
		goto err_eventpair;
	err = zx_channel_init();
	if (err)
		goto err_message;
	err = zx_process_init();
	if (err)
		goto err_channel;
	err = zx_device_init();
	if (err)
		goto err_process;
	return 0;

err_process:
	zx_process_drain();
	zx_process_exit();
err_channel:
	zx_channel_exit();
err_message:
	zx_message_exit();
err_eventpair:
	zx_eventpair_exit();
err_event:
	zx_event_exit();
	return err;
}

static void __exit zx_exit(void)
{
	/* Nobody has the device or one of our files open, or we would not be here. */
	zx_device_exit();
	zx_process_drain();
	zx_inflight_exit();
	/* All objects are gone but for the grace period before their memory goes. */
	rcu_barrier();
	zx_process_exit();
	zx_channel_exit();
	zx_message_exit();
	zx_eventpair_exit();
	zx_event_exit();
}

module_init(zx_init);
module_exit(zx_exit);

MODULE_DESCRIPTION("Zircon's kernel objects for Linux");
MODULE_AUTHOR("The zircon.ko authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
