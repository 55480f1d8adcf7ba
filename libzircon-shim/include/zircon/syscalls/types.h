/* SPDX-License-Identifier: MIT */
/*
 * The structs that <zircon/syscalls.h> passes pointers to. Fuchsia's header only names them. Here
 * it includes them, since C99 does not let two headers define the same typedef.
 */
#ifndef ZIRCON_SYSCALLS_TYPES_H_
#define ZIRCON_SYSCALLS_TYPES_H_

#include <zircon/syscalls/exception.h>
#include <zircon/syscalls/port.h>
#include <zircon/syscalls/profile.h>
#include <zircon/syscalls/system.h>

#endif /* ZIRCON_SYSCALLS_TYPES_H_ */
