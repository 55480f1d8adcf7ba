/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/zircon.
 */
#ifndef ZXMOD_DEVICE_H
#define ZXMOD_DEVICE_H

int zx_device_init(void);
void zx_device_exit(void);

#endif /* ZXMOD_DEVICE_H */
