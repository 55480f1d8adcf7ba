/* SPDX-License-Identifier: MIT */
/*
 * Every zx_status_t. zx_status_get_string() in <zircon/status.h> gives their names. Macros only,
 * so that assembly can include this too.
 */
#ifndef ZIRCON_ERRORS_H_
#define ZIRCON_ERRORS_H_

#define ZX_OK (0)	/* success */

/* The system could not do it. */
#define ZX_ERR_INTERNAL (-1)	/* something that should not happen did */
#define ZX_ERR_NOT_SUPPORTED (-2)
	/* the object or the system does not do this; or there is no device */
#define ZX_ERR_NO_RESOURCES (-3)	/* a limit other than memory is reached */
#define ZX_ERR_NO_MEMORY (-4)	/* the memory of the user who pays, or of the machine, is used up */
#define ZX_ERR_INTERNAL_INTR_RETRY (-6)	/* between library and kernel only: call again */

/* The arguments were wrong. */
#define ZX_ERR_INVALID_ARGS (-10)
	/* a bad pointer, an unknown option, values that do not fit */
#define ZX_ERR_BAD_HANDLE (-11)	/* the number is no handle of this process */
#define ZX_ERR_WRONG_TYPE (-12)	/* the handle names another type of object */
#define ZX_ERR_BAD_SYSCALL (-13)	/* there is no such call */
#define ZX_ERR_OUT_OF_RANGE (-14)	/* beyond a limit */
#define ZX_ERR_BUFFER_TOO_SMALL (-15)	/* a buffer of the caller is too small */

/* The object's state does not allow it now. */
#define ZX_ERR_BAD_STATE (-20)	/* the object's state does not allow it */
#define ZX_ERR_TIMED_OUT (-21)	/* the deadline has passed */
#define ZX_ERR_SHOULD_WAIT (-22)	/* not now; a signal of the object shows when */
#define ZX_ERR_CANCELED (-23)	/* the wait was ended by another thread or program */
#define ZX_ERR_PEER_CLOSED (-24)	/* the peer is closed */
#define ZX_ERR_NOT_FOUND (-25)	/* there is no such thing */
#define ZX_ERR_ALREADY_EXISTS (-26)	/* there is one already */
#define ZX_ERR_ALREADY_BOUND (-27)	/* another program owns it at present */
#define ZX_ERR_UNAVAILABLE (-28)	/* not now, and no signal shows when */

/* Not permitted: mostly, the handle lacks a right. */
#define ZX_ERR_ACCESS_DENIED (-30)
	/* the handle lacks a right, or the device may not be opened */

/* Input and output. */
#define ZX_ERR_IO (-40)	/* the device failed */
#define ZX_ERR_IO_REFUSED (-41)	/* the device refused */
#define ZX_ERR_IO_DATA_INTEGRITY (-42)	/* the data is damaged */
#define ZX_ERR_IO_DATA_LOSS (-43)	/* the data is lost */
#define ZX_ERR_IO_NOT_PRESENT (-44)	/* the device is not there */
#define ZX_ERR_IO_OVERRUN (-45)	/* the device got data faster than it was taken */
#define ZX_ERR_IO_MISSED_DEADLINE (-46)	/* the device was too late */
#define ZX_ERR_IO_INVALID (-47)	/* the device does not accept this */

/* File systems. */
#define ZX_ERR_BAD_PATH (-50)	/* the path is malformed */
#define ZX_ERR_NOT_DIR (-51)	/* it is no directory */
#define ZX_ERR_NOT_FILE (-52)	/* it is no regular file */
#define ZX_ERR_FILE_BIG (-53)	/* the file would be too large */
#define ZX_ERR_NO_SPACE (-54)	/* the file system is full */
#define ZX_ERR_NOT_EMPTY (-55)	/* the directory is not empty */

/* What a callback tells its caller; no call of this library returns them. */
#define ZX_ERR_STOP (-60)	/* from a callback: stop */
#define ZX_ERR_NEXT (-61)	/* from a callback: go on with the next */
#define ZX_ERR_ASYNC (-62)	/* from a callback: the rest is done later */

/* Networking. */
#define ZX_ERR_PROTOCOL_NOT_SUPPORTED (-70)	/* the protocol is not supported */
#define ZX_ERR_ADDRESS_UNREACHABLE (-71)	/* the address cannot be reached */
#define ZX_ERR_ADDRESS_IN_USE (-72)	/* the address is in use */
#define ZX_ERR_NOT_CONNECTED (-73)	/* there is no connection */
#define ZX_ERR_CONNECTION_REFUSED (-74)	/* the connection was refused */
#define ZX_ERR_CONNECTION_RESET (-75)	/* the connection was reset */
#define ZX_ERR_CONNECTION_ABORTED (-76)	/* the connection was aborted */

#define ZX_ERR_INTERNAL_INTR_KILLED (-502) /* inside the kernel only: the task is being killed */

#endif /* ZIRCON_ERRORS_H_ */
