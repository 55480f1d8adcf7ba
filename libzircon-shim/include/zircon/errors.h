/* SPDX-License-Identifier: MIT */
/*
 * Every zx_status_t. zx_status_get_string() in <zircon/status.h> gives their names. Macros only,
 * so that assembly can include this too.
 */
#ifndef ZIRCON_ERRORS_H_
#define ZIRCON_ERRORS_H_

#define ZX_OK (0)

/* The system could not do it. */
#define ZX_ERR_INTERNAL (-1)		/* something that should not happen did */
#define ZX_ERR_NOT_SUPPORTED (-2)	/* not a thing that this object or this system does */
#define ZX_ERR_NO_RESOURCES (-3)	/* a limit other than memory was hit */
#define ZX_ERR_NO_MEMORY (-4)
#define ZX_ERR_INTERNAL_INTR_RETRY (-6)	/* between library and kernel only: call again */

/* The arguments were wrong. */
#define ZX_ERR_INVALID_ARGS (-10)	/* bad pointer, unknown option, inconsistent values */
#define ZX_ERR_BAD_HANDLE (-11)		/* the number names no handle of this process */
#define ZX_ERR_WRONG_TYPE (-12)		/* a handle, but to another type of object */
#define ZX_ERR_BAD_SYSCALL (-13)
#define ZX_ERR_OUT_OF_RANGE (-14)	/* larger than a limit */
#define ZX_ERR_BUFFER_TOO_SMALL (-15)	/* what is there does not fit in what was given */

/* The object's state does not allow it now. */
#define ZX_ERR_BAD_STATE (-20)
#define ZX_ERR_TIMED_OUT (-21)		/* the deadline passed first */
#define ZX_ERR_SHOULD_WAIT (-22)	/* would have to wait; a signal tells when not any more */
#define ZX_ERR_CANCELED (-23)		/* the wait was ended from elsewhere */
#define ZX_ERR_PEER_CLOSED (-24)	/* the other end is gone for good */
#define ZX_ERR_NOT_FOUND (-25)
#define ZX_ERR_ALREADY_EXISTS (-26)
#define ZX_ERR_ALREADY_BOUND (-27)	/* someone else owns it at present */
#define ZX_ERR_UNAVAILABLE (-28)	/* not now, and no signal will tell when */

/* Not permitted: mostly, the handle lacks a right. */
#define ZX_ERR_ACCESS_DENIED (-30)

/* Input and output. */
#define ZX_ERR_IO (-40)
#define ZX_ERR_IO_REFUSED (-41)
#define ZX_ERR_IO_DATA_INTEGRITY (-42)
#define ZX_ERR_IO_DATA_LOSS (-43)
#define ZX_ERR_IO_NOT_PRESENT (-44)
#define ZX_ERR_IO_OVERRUN (-45)
#define ZX_ERR_IO_MISSED_DEADLINE (-46)
#define ZX_ERR_IO_INVALID (-47)

/* File systems. */
#define ZX_ERR_BAD_PATH (-50)
#define ZX_ERR_NOT_DIR (-51)
#define ZX_ERR_NOT_FILE (-52)
#define ZX_ERR_FILE_BIG (-53)
#define ZX_ERR_NO_SPACE (-54)
#define ZX_ERR_NOT_EMPTY (-55)

/* What a callback tells its caller; no call of this library returns them. */
#define ZX_ERR_STOP (-60)
#define ZX_ERR_NEXT (-61)
#define ZX_ERR_ASYNC (-62)

/* Networking. */
#define ZX_ERR_PROTOCOL_NOT_SUPPORTED (-70)
#define ZX_ERR_ADDRESS_UNREACHABLE (-71)
#define ZX_ERR_ADDRESS_IN_USE (-72)
#define ZX_ERR_NOT_CONNECTED (-73)
#define ZX_ERR_CONNECTION_REFUSED (-74)
#define ZX_ERR_CONNECTION_RESET (-75)
#define ZX_ERR_CONNECTION_ABORTED (-76)

#define ZX_ERR_INTERNAL_INTR_KILLED (-502) /* inside the kernel only: the task is being killed */

#endif /* ZIRCON_ERRORS_H_ */
