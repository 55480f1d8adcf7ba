/* SPDX-License-Identifier: MIT */
/*
 * What Fuchsia adds to <dlfcn.h> loads libraries from VMOs, through a loader service. Linux has
 * neither, so this has the functions and constants of <dlfcn.h> alone.
 */
#ifndef ZIRCON_DLFCN_H_
#define ZIRCON_DLFCN_H_

#include <dlfcn.h>
#include <zircon/compiler.h>
#include <zircon/types.h>

#endif /* ZIRCON_DLFCN_H_ */
