/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Module parameters that are numbers within limits. A value out of range is refused, both when the
 * module is loaded and when root writes to the parameter's file.
 */
#ifndef ZXMOD_PARAM_H
#define ZXMOD_PARAM_H

#include <linux/moduleparam.h>

/**
 * zx_param_uint - declare a parameter
 * @name:	its name
 * @variable:	an unsigned int that has the default value; to be read with READ_ONCE()
 * @least:	the smallest value
 * @most:	the largest value
 * @text:	the description for modinfo
 */
#define zx_param_uint(name, variable, least, most, text)				\
	static int variable##_set(const char *val, const struct kernel_param *kp)	\
	{										\
		return param_set_uint_minmax(val, kp, least, most);			\
	}										\
	static const struct kernel_param_ops variable##_ops = {			\
		.set = variable##_set,							\
		.get = param_get_uint,							\
	};										\
	module_param_cb(name, &variable##_ops, &(variable), 0644);			\
	MODULE_PARM_DESC(name, text)

#endif /* ZXMOD_PARAM_H */
