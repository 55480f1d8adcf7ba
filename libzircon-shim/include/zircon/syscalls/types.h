/* SPDX-License-Identifier: MIT */
/* Types that <zircon/syscalls.h> needs the names of and other headers define. */
#ifndef ZIRCON_SYSCALLS_TYPES_H_
#define ZIRCON_SYSCALLS_TYPES_H_

#include <zircon/compiler.h>

__BEGIN_CDECLS

typedef struct zx_port_packet zx_port_packet_t;		      /* <zircon/syscalls/port.h> */
typedef struct zx_profile_info zx_profile_info_t;	      /* <zircon/syscalls/profile.h> */
typedef struct zx_system_powerctl_arg zx_system_powerctl_arg_t; /* <zircon/syscalls/system.h> */
typedef struct zx_exception_context zx_exception_context_t;   /* <zircon/syscalls/exception.h> */

__END_CDECLS

#endif /* ZIRCON_SYSCALLS_TYPES_H_ */
