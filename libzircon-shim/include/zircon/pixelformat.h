/* SPDX-License-Identifier: MIT */
/*
 * Formats of pixels in a frame buffer. The third byte of a format is the size of a pixel. Letters
 * are from the most significant bit of the pixel down, x is unused.
 */
#ifndef ZIRCON_PIXELFORMAT_H_
#define ZIRCON_PIXELFORMAT_H_

#include <stdint.h>

typedef uint32_t zx_pixel_format_t;

#define ZX_PIXEL_FORMAT_NONE ((zx_pixel_format_t)0x00000000)
#define ZX_PIXEL_FORMAT_RGB_565 ((zx_pixel_format_t)0x00020001)
#define ZX_PIXEL_FORMAT_RGB_332 ((zx_pixel_format_t)0x00010002)
#define ZX_PIXEL_FORMAT_RGB_2220 ((zx_pixel_format_t)0x00010003)
#define ZX_PIXEL_FORMAT_ARGB_8888 ((zx_pixel_format_t)0x00040004)
#define ZX_PIXEL_FORMAT_RGB_x888 ((zx_pixel_format_t)0x00040005)
#define ZX_PIXEL_FORMAT_MONO_8 ((zx_pixel_format_t)0x00010007)
#define ZX_PIXEL_FORMAT_GRAY_8 ((zx_pixel_format_t)0x00010007)
#define ZX_PIXEL_FORMAT_NV12 ((zx_pixel_format_t)0x00010008)
#define ZX_PIXEL_FORMAT_RGB_888 ((zx_pixel_format_t)0x00030009)
#define ZX_PIXEL_FORMAT_ABGR_8888 ((zx_pixel_format_t)0x0004000a)
#define ZX_PIXEL_FORMAT_BGR_888x ((zx_pixel_format_t)0x0004000b)

#define ZX_PIXEL_FORMAT_BYTES(format) (((format) >> 16) & 7) /* of a pixel */

#endif /* ZIRCON_PIXELFORMAT_H_ */
