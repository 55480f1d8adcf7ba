// SPDX-License-Identifier: GPL-2.0-only
/* The smallest program: a channel, a message through it, both endpoints in one process. */
#include <stdio.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

int main(void)
{
	zx_handle_t here, there;
	char text[64];
	uint32_t size;
	zx_status_t status = zx_channel_create(0, &here, &there);

	if (status == ZX_OK)
		status = zx_channel_write(here, 0, "hello, channel", 14, NULL, 0);
	if (status == ZX_OK)
		status = zx_channel_read(there, 0, text, NULL, sizeof(text), 0, &size, NULL);
	if (status != ZX_OK) {
		fprintf(stderr, "no luck: %s\n", zx_status_get_string(status));
		return 1;
	}
	printf("%.*s\n", (int)size, text);
	return 0;
}
