// SPDX-License-Identifier: MIT
/* Jobs: groups of processes, with what those may do, and the end of all of them. */
#include "internal.h"

zx_status_t zx_job_create(zx_handle_t parent, uint32_t options, zx_handle_t *out)
{
	struct zx_ioc_job_create arg = {
		.handle = parent,
		.options = options,
		.out = zxi_ptr(out),
	};

	return zxi_device_call(ZX_IOC_JOB_CREATE, &arg);
}

zx_status_t zx_job_set_policy(zx_handle_t handle, uint32_t options, uint32_t topic,
			      const void *policy, uint32_t count)
{
	struct zx_ioc_job_set_policy arg = {
		.handle = handle,
		.options = options,
		.topic = topic,
		.count = count,
		.policy = zxi_ptr(policy),
	};

	return zxi_device_call(ZX_IOC_JOB_SET_POLICY, &arg);
}

zx_status_t zx_job_set_critical(zx_handle_t job, uint32_t options, zx_handle_t process)
{
	struct zx_ioc_job_set_critical arg = {
		.handle = job,
		.options = options,
		.process = process,
	};

	return zxi_device_call(ZX_IOC_JOB_SET_CRITICAL, &arg);
}

zx_handle_t zx_job_default(void)
{
	zx_handle_t fresh = ZX_HANDLE_INVALID;
	struct zxl_ioc_job_open arg = { .options = ZXL_JOB_DEFAULT, .out = zxi_ptr(&fresh) };

	return zxi_kept_handle(&zxi_job_default, ZXL_IOC_JOB_OPEN, &arg, &fresh);
}

zx_status_t zxl_root_job(uint32_t options, zx_handle_t *out)
{
	struct zxl_ioc_job_open arg = { .options = ZXL_JOB_ROOT, .out = zxi_ptr(out) };

	if (options)
		return ZX_ERR_INVALID_ARGS;
	return zxi_device_call(ZXL_IOC_JOB_OPEN, &arg);
}

ZXI_TWIN(zx_job_create);
ZXI_TWIN(zx_job_set_policy);
ZXI_TWIN(zx_job_set_critical);
ZXI_TWIN(zx_job_default);
