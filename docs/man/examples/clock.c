// SPDX-License-Identifier: MIT
/* A clock that shows the time of day, and is slowed down a little. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>
#include <zircon/syscalls/clock.h>

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

static void update(zx_handle_t clock, uint64_t options,
		   const zx_clock_update_args_v2_t *args)
{
	options |= ZX_CLOCK_ARGS_VERSION(2);
	must(zx_clock_update(clock, options, args), "zx_clock_update");
}

int main(void)
{
	zx_rights_t read = ZX_RIGHT_READ | ZX_RIGHT_WAIT |
			   ZX_RIGHT_TRANSFER;
	zx_clock_update_args_v2_t args = {};
	zx_handle_t clock, reader;
	struct timespec ts;
	zx_time_t now;

	must(zx_clock_create(ZX_CLOCK_OPT_MONOTONIC, NULL, &clock),
	     "zx_clock_create");
	/* A program that gets this handle can only read the clock. */
	must(zx_handle_duplicate(clock, read, &reader),
	     "zx_handle_duplicate");

	clock_gettime(CLOCK_REALTIME, &ts);
	args.synthetic_value = ZX_SEC(ts.tv_sec) + ts.tv_nsec;
	update(clock, ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID,
	       &args);
	args.rate_adjust = -20;
	update(clock, ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID, &args);

	must(zx_object_wait_one(reader, ZX_CLOCK_STARTED,
				ZX_TIME_INFINITE, NULL),
	     "zx_object_wait_one");
	must(zx_clock_read(reader, &now), "zx_clock_read");
	printf("later by %s\n", now >= args.synthetic_value ?
	       "some time" : "a negative time");
	zx_handle_close(reader);
	zx_handle_close(clock);
	return now < args.synthetic_value;
}
