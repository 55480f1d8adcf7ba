// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations: handles.
 */
#include "explore.h"

long do_close(struct actor *a)
{
	union zxp_argument arg = { .handle.handle = some_handle(a, ANY) };
	long ret = submit(a, ZX_IOC_HANDLE_CLOSE, &arg);

	forget_dead();
	return ret;
}

long do_close_many(struct actor *a)
{
	union zxp_argument arg = { .close_many.count = some_count(a) };
	long ret;

	arg.close_many.handles = some_handles(a, arg.close_many.count, false);
	ret = submit(a, ZX_IOC_HANDLE_CLOSE_MANY, &arg);
	forget_dead();
	return ret;
}

static long copy(struct actor *a, unsigned long request)
{
	uint32_t out = 0;
	union zxp_argument arg = {
		.handle.handle = some_handle(a, ANY),
		.handle.rights = some_rights(a),
		.handle.out = some_out(a, &out, 4),
	};
	int kind = kind_of(arg.handle.handle);
	long ret = submit(a, request, &arg);

	if (ret == 0 && out)
		remember(out, kind);
	if (request == ZX_IOC_HANDLE_REPLACE)
		forget_dead();
	return ret;
}

long do_duplicate(struct actor *a)
{
	return copy(a, ZX_IOC_HANDLE_DUPLICATE);
}

long do_replace(struct actor *a)
{
	return copy(a, ZX_IOC_HANDLE_REPLACE);
}

long do_valid(struct actor *a)
{
	union zxp_argument arg = { .handle.handle = some_handle(a, ANY) };

	return submit(a, ZX_IOC_HANDLE_CHECK_VALID, &arg);
}

long do_self(struct actor *a)
{
	uint32_t out = 0;
	union zxp_argument arg = { .handle.out = some_out(a, &out, 4) };
	long ret = submit(a, ZXL_IOC_PROCESS_SELF, &arg);

	if (ret == 0 && out)
		remember(out, PROCESS);
	return ret;
}

long do_version(struct actor *a)
{
	union zxp_argument arg = {};

	return submit(a, ZXL_IOC_VERSION, &arg);
}
