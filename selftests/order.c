// SPDX-License-Identifier: GPL-2.0-only
/*
 * Zircon's order of checks, for every call of <zircon/syscalls.h> that can fail.
 *
 * Each row of rows[] makes a call that is wrong in one way, or in two at once, and gives the error
 * that the call returns. Everything that a row does not mention is right. topics[] and properties[]
 * do the same for the topics of zx_object_get_info() and for the properties. The order is that of
 * Zircon's source as of 2026. A row with .differs is one of the differences that docs/syscalls.md
 * lists: the row gives the result here, and the comment above it Zircon's.
 *
 * Each row also checks what the call consumes (enum fate), and that a failed call leaves no handle
 * behind and has written nothing.
 */
#include <poll.h>
#include <pthread.h>
#include <sys/syscall.h>
#ifdef __x86_64__
#include <asm/prctl.h>
#endif

#include <zircon/status.h>
#include <zircon/syscalls/clock.h>
#include <zircon/syscalls/policy.h>

#include "zxproc.h"

enum call {
	HANDLE_CLOSE, HANDLE_CLOSE_MANY, HANDLE_DUPLICATE, HANDLE_REPLACE, HANDLE_CHECK_VALID,
	OBJECT_SIGNAL, OBJECT_SIGNAL_PEER, OBJECT_WAIT_ONE, OBJECT_WAIT_MANY, OBJECT_GET_INFO,
	OBJECT_GET_PROPERTY, OBJECT_SET_PROPERTY, OBJECT_GET_CHILD, OBJECT_WAIT_ASYNC,
	OBJECT_SET_PROFILE,
	EVENT_CREATE, EVENTPAIR_CREATE, CHANNEL_CREATE, SOCKET_CREATE, FIFO_CREATE, PORT_CREATE,
	SEND,	/* zx_channel_write(), zx_channel_call(), and both with _etc */
	CALL,	/* zx_channel_call() and zx_channel_call_etc() */
	READ,	/* zx_channel_read() and zx_channel_read_etc() */
	SOCKET_WRITE, SOCKET_READ, SOCKET_SET_DISPOSITION, SOCKET_SHUTDOWN, SOCKET_SHARE,
	SOCKET_ACCEPT, FIFO_WRITE, FIFO_READ, PORT_QUEUE, PORT_WAIT, PORT_CANCEL, PORT_CANCEL_KEY,
	CLOCK_GET, NANOSLEEP, CPRNG_DRAW, SYSTEM_BARRIER, TIMER_CREATE, TIMER_SET, TIMER_CANCEL,
	COUNTER_CREATE, COUNTER_READ, COUNTER_WRITE, COUNTER_ADD,
	CLOCK_CREATE, CLOCK_READ, CLOCK_GET_DETAILS, CLOCK_UPDATE,
	TASK_KILL, PROCESS_PIDFD,
	THREAD_CREATE,
	THREAD_START,	/* zx_thread_start() and, with _etc, zx_thread_start_regs() */
	FUTEX_WAIT,
	FUTEX_WAKE, FUTEX_REQUEUE, /* with _etc those that make the woken thread the owner */
	FUTEX_GET_OWNER,
	JOB_CREATE, JOB_SET_POLICY, JOB_SET_CRITICAL, ROOT_JOB,
	PROCESS_CREATE, PROCESS_STARTUP, /* the ioctls: the library's functions do more */
};

/* The handle that a call is made with. */
enum which {
	ITS,		/* of the type that the call needs */
	BAD,		/* the number of a handle that was closed */
	NONE,		/* ZX_HANDLE_INVALID */
	BENT,		/* a number with a fixed bit cleared, which no handle has */
	EVENT,
	EVENTPAIR,
	CHANNEL,
	FIFO,		/* of four elements with eight bytes each */
	TIMER,
	COUNTER,
	PORT,
	CLOCK,		/* not started */
	PROCESS,
	THREAD,		/* the one that makes the call */
	JOB,		/* below DEFAULT */
	SOCKET,
	DATAGRAM,	/* a datagram socket */
	CONTROL,	/* a socket with a control plane that can also share and accept */
	MONOTONE,	/* a clock that is monotonic and started */
	CONTINUOUS,	/* the same, and continuous */
	IDLE,		/* a child process, made for the call */
	CHILD,		/* THREAD, through a handle with the rights of one to a process */
	UNSTARTED,	/* a thread that was not started */
	SIBLING,	/* another thread of this process, which runs */
	ALIEN,		/* a thread of IDLE */
	DEFAULT,	/* the job that this process is in, and which the module has made */
	LEAF,		/* a job so deep in the tree that none can be below it */
	FOREIGN,	/* of a type that this module does not have */
};

#define ANY ITS

/* The state of the object. Each endpoint of a pair is the other's peer. */
#define ALONE		1	/* the peer is closed, after everything else was done */
#define FULL		2	/* the peer's queue is full */
#define UNREAD		4	/* this endpoint has something to read */
#define CRAMMED		8	/* this endpoint's queue is full */
#define DISABLED	16	/* a socket's writing is disabled */
#define PEER_DISABLED	32	/* the peer's writing is disabled */
#define STARTED		64	/* the peer has something to read */
#define SHARED		128	/* the peer has a shared socket to accept */
#define ACCEPTABLE	256	/* this endpoint has a shared socket to accept */
#define CONTROLLED	512	/* each endpoint has a message on the control plane */
#define OCCUPIED	1024	/* a job is below the job */
#define KILLED		2048	/* the job was killed */
#define DECIDED		4096	/* the policy for .number is ZX_POL_ACTION_DENY for good */
#define ARMED		8192	/* the thread's next child is to be a process of another job */

/*
 * Where a pointer leads. PARTLY: fewer bytes than the call is told are mapped behind it. ODD: not
 * where a word can be. SAME: to what the other pointer leads to.
 */
enum place { GOOD, NIL, NOWHERE, PARTLY, READ_ONLY, ODD, SAME };

/* Handles that are passed to a call, or waited for. */
enum entry {
	END,		/* the list ends here; in the first position: one that is FINE */
	FINE,		/* an event */
	LACKING,	/* a closed handle */
	ZERO,		/* ZX_HANDLE_INVALID */
	AGAIN,		/* the handle before */
	ITSELF,		/* the handle that the call is made with */
	FIXED,		/* an event without ZX_RIGHT_TRANSFER */
	UNIQUE,		/* an event without ZX_RIGHT_DUPLICATE */
	DEAF,		/* an event without ZX_RIGHT_WAIT */
	UP,		/* an event that is signaled */
	QUEUE,		/* a port */
	MUTE,		/* a port without ZX_RIGHT_WRITE */
	STREAM,		/* a socket */
	SHARING,	/* a socket that can share */
	PEER,		/* the peer of the handle that the call is made with */
	MEMBER,		/* a process in the job, if the call is made with one; not started */
	UNSEEN,		/* the same, without ZX_RIGHT_WAIT */
	BOUND,		/* a process in another job, to which it is critical; not started */
	STRANGER,	/* this process */
	NOTHING,	/* in the first position: no handles */
};

/* The error in the first disposition; such rows are for the calls with _etc only. */
#define TYPE	1	/* asks for another type */
#define RIGHTS	2	/* asks for rights that the handle does not have */
#define OP	4	/* an unknown operation */
#define DUP	8	/* no error: duplicates, so that the handle stays in any case */

/* Sizes that are not numbers. Zero stands for the right size. */
#define EMPTY	(-1L)	/* 0 */
#define SHORT	(-2L)	/* less than the right size */
#define HUGE	(1L << 40)

/* What happens to the handles that are passed, or to the data to be read, when a call fails. */
enum fate {
	RULE,	/* handles that can be read are consumed; the data to be read stays */
	STAYS,
	GOES,
};

#define BOTH_STAMPS	(ZX_WAIT_ASYNC_TIMESTAMP | ZX_WAIT_ASYNC_BOOT_TIMESTAMP)

#define ON	ZX_SOCKET_DISPOSITION_WRITE_ENABLED
#define OFF	ZX_SOCKET_DISPOSITION_WRITE_DISABLED

struct row {
	int line;
	const char *text;
	enum call call;
	enum which handle;
	zx_rights_t without;		/* that the handle lacks */
	int state;
	uint32_t options;
	uint32_t topic;			/* of information, or a property, or a clock */
	uint64_t number;		/* a property, a slack, a clock's options, a koid, code */
	int64_t value;			/* a clock's backstop, or the adjustment of its rate */
	zx_rights_t rights;		/* that the call asks for */
	zx_signals_t clear, set;
	bool late;			/* waits for a signal that is down, with a past deadline */
	enum place buffer;
	long size;			/* of the buffer, in bytes */
	enum place actual, avail;	/* for counts and sizes */
	enum place out, out1;		/* for the handles that are made or received */
	enum entry list[4];
	enum place where;		/* of the list */
	int zeros;			/* how many ZX_HANDLE_INVALID stand before the list */
	long count;			/* length of the list that the call is told */
	int how;
	int vecs;			/* how many iovecs of one byte make up the message */
	int reserved, nowhere, too_much; /* number, from 1, of the iovec that has this fault */
	enum place args;		/* the struct of a call, or of a clock */
	enum place result;		/* the buffer of a call's reply */
	int answer;			/* bytes in the reply, if one comes */
	long space;			/* for the reply */
	bool other;			/* a futex has another value */
	long elem_size, elem_count;
	uint32_t disposition, disposition_peer;
	zx_status_t want;
	enum fate fate;
	bool look;			/* compare the signals after the call with these */
	zx_signals_t signals, peer_signals;
	bool differs;
};

static const struct {
	enum which type;	/* that ITS stands for */
	bool passes;		/* whether handles are passed in a list */
} calls[] = {
	[HANDLE_CLOSE]		= { EVENT },
	[HANDLE_CLOSE_MANY]	= { EVENT, .passes = true },
	[HANDLE_DUPLICATE]	= { EVENT },
	[HANDLE_REPLACE]	= { EVENT },
	[HANDLE_CHECK_VALID]	= { EVENT },
	[OBJECT_SIGNAL]		= { EVENT },
	[OBJECT_SIGNAL_PEER]	= { EVENTPAIR },
	[OBJECT_WAIT_ONE]	= { EVENTPAIR },
	[OBJECT_WAIT_MANY]	= { EVENT },
	[OBJECT_GET_INFO]	= { SOCKET },
	[OBJECT_GET_PROPERTY]	= { SOCKET },
	[OBJECT_SET_PROPERTY]	= { SOCKET },
	[OBJECT_GET_CHILD]	= { PROCESS },
	[OBJECT_WAIT_ASYNC]	= { EVENT },
	[OBJECT_SET_PROFILE]	= { EVENT },
	[EVENT_CREATE]		= { EVENT },
	[EVENTPAIR_CREATE]	= { EVENT },
	[CHANNEL_CREATE]	= { EVENT },
	[SOCKET_CREATE]		= { EVENT },
	[FIFO_CREATE]		= { EVENT },
	[PORT_CREATE]		= { EVENT },
	[SEND]			= { CHANNEL, .passes = true },
	[CALL]			= { CHANNEL, .passes = true },
	[READ]			= { CHANNEL },
	[SOCKET_WRITE]		= { SOCKET },
	[SOCKET_READ]		= { SOCKET },
	[SOCKET_SET_DISPOSITION] = { SOCKET },
	[SOCKET_SHUTDOWN]	= { SOCKET },
	[SOCKET_SHARE]		= { CONTROL, .passes = true },
	[SOCKET_ACCEPT]		= { CONTROL },
	[FIFO_WRITE]		= { FIFO },
	[FIFO_READ]		= { FIFO },
	[PORT_QUEUE]		= { PORT },
	[PORT_WAIT]		= { PORT },
	[PORT_CANCEL]		= { PORT },
	[PORT_CANCEL_KEY]	= { PORT },
	[CLOCK_GET]		= { EVENT },
	[NANOSLEEP]		= { EVENT },
	[CPRNG_DRAW]		= { EVENT },
	[SYSTEM_BARRIER]	= { EVENT },
	[TIMER_CREATE]		= { EVENT },
	[TIMER_SET]		= { TIMER },
	[TIMER_CANCEL]		= { TIMER },
	[COUNTER_CREATE]	= { EVENT },
	[COUNTER_READ]		= { COUNTER },
	[COUNTER_WRITE]		= { COUNTER },
	[COUNTER_ADD]		= { COUNTER },
	[CLOCK_CREATE]		= { EVENT },
	[CLOCK_READ]		= { CLOCK },
	[CLOCK_GET_DETAILS]	= { CLOCK },
	[CLOCK_UPDATE]		= { CLOCK },
	[TASK_KILL]		= { IDLE },
	[PROCESS_PIDFD]		= { PROCESS },
	[THREAD_CREATE]		= { PROCESS },
	[THREAD_START]		= { UNSTARTED },
	[FUTEX_WAIT]		= { SIBLING },
	[FUTEX_WAKE]		= { EVENT },
	[FUTEX_REQUEUE]		= { SIBLING },
	[FUTEX_GET_OWNER]	= { EVENT },
	[JOB_CREATE]		= { JOB },
	[JOB_SET_POLICY]	= { JOB },
	[JOB_SET_CRITICAL]	= { JOB },
	[ROOT_JOB]		= { EVENT },
	[PROCESS_CREATE]	= { JOB, .passes = true },
	[PROCESS_STARTUP]	= { EVENT },
};

/* Topics of zx_job_set_policy(). The first is zero, as in rows that do not mention one. */
#define BASIC1	ZX_JOB_POL_BASIC_V1
#define BASIC2	ZX_JOB_POL_BASIC_V2
#define SLACK	ZX_JOB_POL_TIMER_SLACK

/* The options of zx_clock_update(). */
#define V1	ZX_CLOCK_ARGS_VERSION(1)
#define V2	ZX_CLOCK_ARGS_VERSION(2)
#define SET	ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID
#define RATE	ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID
#define ERROR	ZX_CLOCK_UPDATE_OPTION_ERROR_BOUND_VALID
#define REF	ZX_CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID

#define R(which_call, ...) \
	{ .line = __LINE__, .text = #__VA_ARGS__, .call = which_call, __VA_ARGS__ }

static const struct row rows[] = {
	/* zx_handle_close() */
	R(HANDLE_CLOSE, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_CLOSE, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_CLOSE, .handle = NONE, .want = ZX_OK),

	/* zx_handle_close_many(): 64 handles at a time are read and then closed */
	R(HANDLE_CLOSE_MANY, .where = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(HANDLE_CLOSE_MANY, .where = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(HANDLE_CLOSE_MANY, .where = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(HANDLE_CLOSE_MANY, .where = NIL, .count = EMPTY, .want = ZX_OK, .fate = STAYS),
	R(HANDLE_CLOSE_MANY, .where = NOWHERE, .count = EMPTY, .want = ZX_OK, .fate = STAYS),
	R(HANDLE_CLOSE_MANY, .list = { FINE, ZERO, FINE }, .want = ZX_OK),
	R(HANDLE_CLOSE_MANY, .list = { FINE, LACKING, FINE }, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_CLOSE_MANY, .list = { LACKING, FINE }, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_CLOSE_MANY, .list = { FINE, AGAIN, FINE }, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_CLOSE_MANY, .list = { LACKING, FINE }, .where = PARTLY,
	  .want = ZX_ERR_INVALID_ARGS),
	R(HANDLE_CLOSE_MANY, .list = { LACKING, FINE }, .zeros = 63, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_CLOSE_MANY, .list = { FINE, LACKING }, .zeros = 63, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_CLOSE_MANY, .list = { LACKING, FINE }, .zeros = 62, .where = PARTLY,
	  .want = ZX_ERR_INVALID_ARGS, .fate = GOES),
	R(HANDLE_CLOSE_MANY, .zeros = 64, .where = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	/* The library splits longer lists into several calls. */
	R(HANDLE_CLOSE_MANY, .list = { LACKING, FINE }, .zeros = 4095, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_CLOSE_MANY, .list = { FINE, LACKING }, .zeros = 4095, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_CLOSE_MANY, .list = { LACKING, FINE }, .zeros = 4094, .where = PARTLY,
	  .want = ZX_ERR_INVALID_ARGS, .fate = GOES),

	/* zx_handle_duplicate(): handle, ZX_RIGHT_DUPLICATE, rights, out */
	R(HANDLE_DUPLICATE, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_DUPLICATE, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_DUPLICATE, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_DUPLICATE, .handle = BAD, .rights = ZX_RIGHT_EXECUTE, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_DUPLICATE, .handle = BAD, .out = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_DUPLICATE, .handle = BAD, .out = NIL, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_DUPLICATE, .without = ZX_RIGHT_DUPLICATE, .want = ZX_ERR_ACCESS_DENIED),
	R(HANDLE_DUPLICATE, .without = ZX_RIGHT_DUPLICATE, .rights = ZX_RIGHT_EXECUTE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(HANDLE_DUPLICATE, .without = ZX_RIGHT_DUPLICATE, .rights = ZX_RIGHT_DUPLICATE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(HANDLE_DUPLICATE, .without = ZX_RIGHT_DUPLICATE, .out = NOWHERE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(HANDLE_DUPLICATE, .without = ZX_RIGHT_DUPLICATE, .out = NIL,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(HANDLE_DUPLICATE, .rights = ZX_RIGHT_EXECUTE, .want = ZX_ERR_INVALID_ARGS),
	R(HANDLE_DUPLICATE, .rights = ZX_RIGHT_SAME_RIGHTS | ZX_RIGHT_WAIT,
	  .want = ZX_ERR_INVALID_ARGS),
	R(HANDLE_DUPLICATE, .rights = ZX_RIGHT_EXECUTE, .out = NOWHERE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(HANDLE_DUPLICATE, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(HANDLE_DUPLICATE, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(HANDLE_DUPLICATE, .out = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(HANDLE_DUPLICATE, .out = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),

	/* zx_handle_replace(): handle, which is consumed from here on; rights, out */
	R(HANDLE_REPLACE, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_REPLACE, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_REPLACE, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_REPLACE, .handle = BAD, .rights = ZX_RIGHT_EXECUTE, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_REPLACE, .handle = BAD, .out = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(HANDLE_REPLACE, .without = ZX_RIGHT_DUPLICATE, .want = ZX_OK),
	R(HANDLE_REPLACE, .rights = ZX_RIGHT_EXECUTE, .want = ZX_ERR_INVALID_ARGS),
	R(HANDLE_REPLACE, .rights = ZX_RIGHT_SAME_RIGHTS | ZX_RIGHT_WAIT,
	  .want = ZX_ERR_INVALID_ARGS),
	R(HANDLE_REPLACE, .rights = ZX_RIGHT_EXECUTE, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(HANDLE_REPLACE, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(HANDLE_REPLACE, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(HANDLE_REPLACE, .out = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),

	/* zx_handle_check_valid() */
	R(HANDLE_CHECK_VALID, .handle = NONE, .want = ZX_ERR_INVALID_ARGS),
	R(HANDLE_CHECK_VALID, .handle = BENT, .want = ZX_ERR_OUT_OF_RANGE),
	R(HANDLE_CHECK_VALID, .handle = BAD, .want = ZX_ERR_NOT_FOUND),

	/* zx_object_signal(): handle, ZX_RIGHT_SIGNAL, masks */
	R(OBJECT_SIGNAL, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_SIGNAL, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_SIGNAL, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_SIGNAL, .handle = BAD, .clear = 1, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_SIGNAL, .handle = BAD, .set = 1, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_SIGNAL, .without = ZX_RIGHT_SIGNAL, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SIGNAL, .without = ZX_RIGHT_SIGNAL, .clear = 1, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SIGNAL, .without = ZX_RIGHT_SIGNAL, .set = 1, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SIGNAL, .handle = PROCESS, .without = ZX_RIGHT_SIGNAL, .set = 1,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SIGNAL, .clear = 1, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL, .set = 1, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL, .set = ZX_SIGNAL_HANDLE_CLOSED, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL, .clear = 1, .set = 1, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL, .handle = EVENTPAIR, .set = ZX_EVENTPAIR_PEER_CLOSED,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL, .handle = CHANNEL, .set = ZX_EVENT_SIGNALED, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL, .handle = SOCKET, .clear = ZX_SOCKET_WRITABLE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL, .handle = FIFO, .set = ZX_FIFO_READABLE, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL, .handle = TIMER, .set = ZX_TIMER_SIGNALED, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL, .handle = COUNTER, .clear = ZX_COUNTER_POSITIVE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL, .handle = COUNTER, .set = ZX_COUNTER_SIGNALED, .want = ZX_OK),
	R(OBJECT_SIGNAL, .handle = CLOCK, .set = ZX_CLOCK_STARTED, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL, .handle = CLOCK, .set = ZX_CLOCK_UPDATED, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL, .handle = MONOTONE, .clear = ZX_CLOCK_STARTED,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL, .handle = CLOCK, .set = ZX_USER_SIGNAL_0, .want = ZX_OK),
	/* No handle to a port has the right. */
	R(OBJECT_SIGNAL, .handle = PORT, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SIGNAL, .handle = PORT, .set = 1, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SIGNAL, .handle = PROCESS, .set = ZX_EVENT_SIGNALED, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL, .handle = EVENTPAIR, .state = ALONE, .set = ZX_EVENT_SIGNALED,
	  .want = ZX_OK),

	/* zx_object_signal_peer(): handle, ZX_RIGHT_SIGNAL_PEER, masks, peer */
	R(OBJECT_SIGNAL_PEER, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_SIGNAL_PEER, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_SIGNAL_PEER, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_SIGNAL_PEER, .handle = BAD, .clear = 1, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_SIGNAL_PEER, .handle = BAD, .set = 1, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_SIGNAL_PEER, .without = ZX_RIGHT_SIGNAL_PEER, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SIGNAL_PEER, .without = ZX_RIGHT_SIGNAL_PEER, .clear = 1,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SIGNAL_PEER, .without = ZX_RIGHT_SIGNAL_PEER, .set = 1,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SIGNAL_PEER, .without = ZX_RIGHT_SIGNAL_PEER, .state = ALONE,
	  .want = ZX_ERR_ACCESS_DENIED),
	/* No handle to an object without a peer has the right, so this comes before all else. */
	R(OBJECT_SIGNAL_PEER, .handle = EVENT, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SIGNAL_PEER, .handle = EVENT, .set = 1, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SIGNAL_PEER, .handle = PORT, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SIGNAL_PEER, .handle = PROCESS, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SIGNAL_PEER, .handle = PROCESS, .set = 1, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SIGNAL_PEER, .clear = 1, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL_PEER, .set = 1, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL_PEER, .clear = 1, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL_PEER, .set = 1, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL_PEER, .handle = CHANNEL, .set = ZX_EVENT_SIGNALED, .state = ALONE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL_PEER, .handle = SOCKET, .set = ZX_EVENT_SIGNALED, .state = ALONE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL_PEER, .handle = FIFO, .set = ZX_EVENT_SIGNALED, .state = ALONE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SIGNAL_PEER, .state = ALONE, .want = ZX_ERR_PEER_CLOSED),
	R(OBJECT_SIGNAL_PEER, .set = ZX_USER_SIGNAL_0, .state = ALONE, .want = ZX_ERR_PEER_CLOSED),
	R(OBJECT_SIGNAL_PEER, .handle = CHANNEL, .state = ALONE, .want = ZX_ERR_PEER_CLOSED),
	R(OBJECT_SIGNAL_PEER, .handle = SOCKET, .state = ALONE, .want = ZX_ERR_PEER_CLOSED),
	R(OBJECT_SIGNAL_PEER, .handle = FIFO, .state = ALONE, .want = ZX_ERR_PEER_CLOSED),

	/* zx_object_wait_one(): handle, ZX_RIGHT_WAIT, the wait, observed, how the wait ended */
	R(OBJECT_WAIT_ONE, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_WAIT_ONE, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_WAIT_ONE, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_WAIT_ONE, .handle = BAD, .late = true, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_WAIT_ONE, .handle = BAD, .actual = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_WAIT_ONE, .without = ZX_RIGHT_WAIT, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_WAIT_ONE, .without = ZX_RIGHT_WAIT, .late = true, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_WAIT_ONE, .handle = PORT, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_WAIT_ONE, .handle = PORT, .late = true, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_WAIT_ONE, .without = ZX_RIGHT_WAIT, .actual = NOWHERE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_WAIT_ONE, .actual = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_WAIT_ONE, .actual = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_WAIT_ONE, .actual = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_WAIT_ONE, .late = true, .actual = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_WAIT_ONE, .late = true, .want = ZX_ERR_TIMED_OUT),
	R(OBJECT_WAIT_ONE, .late = true, .actual = NIL, .want = ZX_ERR_TIMED_OUT),
	R(OBJECT_WAIT_ONE, .late = true, .state = ALONE, .want = ZX_ERR_TIMED_OUT),
	R(OBJECT_WAIT_ONE, .actual = NIL, .want = ZX_OK),

	/* zx_object_wait_many(): number, array, each handle in turn, the wait, the array again */
	R(OBJECT_WAIT_MANY, .count = EMPTY, .want = ZX_ERR_TIMED_OUT, .fate = STAYS),
	R(OBJECT_WAIT_MANY, .count = EMPTY, .where = NOWHERE, .want = ZX_ERR_TIMED_OUT),
	R(OBJECT_WAIT_MANY, .count = 65, .want = ZX_ERR_OUT_OF_RANGE),
	R(OBJECT_WAIT_MANY, .count = 65, .where = NOWHERE, .want = ZX_ERR_OUT_OF_RANGE),
	R(OBJECT_WAIT_MANY, .count = 65, .where = NIL, .want = ZX_ERR_OUT_OF_RANGE),
	R(OBJECT_WAIT_MANY, .count = 65, .list = { LACKING }, .want = ZX_ERR_OUT_OF_RANGE),
	R(OBJECT_WAIT_MANY, .count = HUGE, .want = ZX_ERR_OUT_OF_RANGE),
	R(OBJECT_WAIT_MANY, .count = HUGE + 1, .list = { UP }, .want = ZX_ERR_OUT_OF_RANGE),
	R(OBJECT_WAIT_MANY, .where = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_WAIT_MANY, .where = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_WAIT_MANY, .list = { LACKING }, .where = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_WAIT_MANY, .list = { UP }, .where = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_WAIT_MANY, .list = { LACKING }, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_WAIT_MANY, .list = { ZERO }, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_WAIT_MANY, .list = { DEAF }, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_WAIT_MANY, .list = { QUEUE }, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_WAIT_MANY, .list = { LACKING, DEAF }, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_WAIT_MANY, .list = { DEAF, LACKING }, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_WAIT_MANY, .list = { UP, LACKING }, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_WAIT_MANY, .list = { UP, DEAF, LACKING }, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_WAIT_MANY, .list = { FINE, FINE, ZERO }, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_WAIT_MANY, .list = { LACKING }, .where = READ_ONLY, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_WAIT_MANY, .list = { DEAF }, .where = READ_ONLY, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_WAIT_MANY, .list = { UP }, .where = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_WAIT_MANY, .list = { FINE }, .where = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_WAIT_MANY, .list = { FINE }, .want = ZX_ERR_TIMED_OUT),
	R(OBJECT_WAIT_MANY, .list = { FINE, UP }, .want = ZX_OK),

	/*
	 * zx_object_get_info(): topic, handle, its type and rights (see topics[]); then for one
	 * record the buffer if it is large enough, actual, avail, the size
	 */
	R(OBJECT_GET_INFO, .topic = ZX_INFO_SOCKET, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_SOCKET, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_SOCKET, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_SOCKET, .actual = NOWHERE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_SOCKET, .avail = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_SOCKET, .actual = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_SOCKET, .avail = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_SOCKET, .size = SHORT,
	  .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_SOCKET, .size = EMPTY,
	  .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_SOCKET, .size = SHORT, .buffer = NOWHERE,
	  .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_SOCKET, .size = EMPTY, .buffer = NIL,
	  .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_SOCKET, .size = SHORT, .actual = NOWHERE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_SOCKET, .size = SHORT, .avail = NOWHERE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_SOCKET, .size = SHORT, .actual = NIL, .avail = NIL,
	  .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_SOCKET, .actual = NIL, .avail = NIL, .want = ZX_OK),
	/* A list is written as far as it fits. */
	R(OBJECT_GET_INFO, .topic = ZX_INFO_HANDLE_TABLE, .handle = PROCESS, .buffer = NOWHERE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_HANDLE_TABLE, .handle = PROCESS, .buffer = NIL,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_HANDLE_TABLE, .handle = PROCESS, .buffer = NOWHERE,
	  .size = EMPTY, .want = ZX_OK),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_HANDLE_TABLE, .handle = PROCESS, .buffer = NOWHERE,
	  .size = 8, .want = ZX_OK),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_HANDLE_TABLE, .handle = PROCESS, .actual = NOWHERE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_HANDLE_TABLE, .handle = PROCESS, .avail = NOWHERE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_HANDLE_TABLE, .handle = PROCESS, .size = EMPTY,
	  .avail = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	/* Without buffer and avail: the number, to actual only; the size is not checked. */
	R(OBJECT_GET_INFO, .topic = ZX_INFO_HANDLE_TABLE, .handle = PROCESS, .buffer = NIL,
	  .avail = NIL, .want = ZX_OK),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_HANDLE_TABLE, .handle = PROCESS, .buffer = NIL,
	  .avail = NIL, .actual = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_HANDLE_TABLE, .handle = PROCESS, .buffer = NIL,
	  .avail = NIL, .actual = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_PROCESS_THREADS, .handle = PROCESS, .buffer = NOWHERE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_PROCESS_THREADS, .handle = PROCESS, .buffer = NIL,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_PROCESS_THREADS, .handle = PROCESS, .buffer = NIL,
	  .avail = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_PROCESS_THREADS, .handle = PROCESS, .buffer = READ_ONLY,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_PROCESS_THREADS, .handle = PROCESS, .buffer = NOWHERE,
	  .size = EMPTY, .want = ZX_OK),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_PROCESS_THREADS, .handle = PROCESS, .buffer = NOWHERE,
	  .size = 7, .want = ZX_OK),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_PROCESS_THREADS, .handle = PROCESS, .actual = NOWHERE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_PROCESS_THREADS, .handle = PROCESS, .avail = NOWHERE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_PROCESS_THREADS, .handle = PROCESS, .size = EMPTY,
	  .avail = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_PROCESS_THREADS, .handle = PROCESS, .want = ZX_OK),
	R(OBJECT_GET_INFO, .topic = ZX_INFO_PROCESS_THREADS, .handle = IDLE, .want = ZX_OK),
	/* ZX_INFO_HANDLE_VALID has no record. */
	R(OBJECT_GET_INFO, .topic = ZX_INFO_HANDLE_VALID, .buffer = NOWHERE, .actual = NOWHERE,
	  .avail = NOWHERE, .want = ZX_OK),

	/*
	 * zx_object_get_property(), zx_object_set_property(): value NULL, handle, right, property,
	 * its size and type, for which see properties[]; then, of a register, whether it is the
	 * calling thread's; then the value
	 */
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_SOCKET_RX_THRESHOLD, .number = 1ul << 40,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_SOCKET_RX_THRESHOLD, .number = 1ul << 40,
	  .size = SHORT, .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_SOCKET_RX_THRESHOLD, .number = 1ul << 40,
	  .handle = PROCESS, .want = ZX_ERR_WRONG_TYPE),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_SOCKET_RX_THRESHOLD, .number = 1ul << 40,
	  .handle = PROCESS, .size = SHORT, .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_SOCKET_RX_THRESHOLD, .number = 1ul << 40,
	  .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_SOCKET_RX_THRESHOLD, .state = ALONE,
	  .want = ZX_OK),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_SOCKET_TX_THRESHOLD, .number = 1ul << 40,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_SOCKET_TX_THRESHOLD, .number = 1ul << 40,
	  .size = SHORT, .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_SOCKET_TX_THRESHOLD, .number = 1ul << 40,
	  .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_SOCKET_TX_THRESHOLD, .state = ALONE,
	  .want = ZX_ERR_PEER_CLOSED),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_SOCKET_TX_THRESHOLD, .state = ALONE,
	  .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_SOCKET_TX_THRESHOLD, .state = ALONE,
	  .size = SHORT, .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_SOCKET_TX_THRESHOLD, .state = ALONE,
	  .without = ZX_RIGHT_SET_PROPERTY, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_PROPERTY, .topic = ZX_PROP_SOCKET_TX_THRESHOLD, .state = ALONE,
	  .want = ZX_OK),
#ifdef __x86_64__
	R(OBJECT_GET_PROPERTY, .topic = ZX_PROP_REGISTER_GS, .handle = SIBLING,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_PROPERTY, .topic = ZX_PROP_REGISTER_GS, .handle = SIBLING, .buffer = NOWHERE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_PROPERTY, .topic = ZX_PROP_REGISTER_GS, .handle = SIBLING, .size = SHORT,
	  .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(OBJECT_GET_PROPERTY, .topic = ZX_PROP_REGISTER_GS, .handle = SIBLING, .buffer = NIL,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_PROPERTY, .topic = ZX_PROP_REGISTER_GS, .handle = UNSTARTED, .buffer = NOWHERE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_PROPERTY, .topic = ZX_PROP_REGISTER_GS, .handle = ALIEN,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_PROPERTY, .topic = ZX_PROP_REGISTER_GS, .handle = CHILD, .want = ZX_OK),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_GS, .handle = SIBLING,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_GS, .handle = SIBLING, .buffer = NOWHERE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_GS, .handle = SIBLING, .size = SHORT,
	  .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_GS, .handle = SIBLING, .buffer = NIL,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_GS, .handle = UNSTARTED, .buffer = NOWHERE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_GS, .handle = ALIEN,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_GS, .handle = CHILD, .want = ZX_OK),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_GS, .handle = SIBLING, .number = 1ul << 63,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_GS, .handle = THREAD, .number = 1ul << 63,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_GS, .handle = THREAD, .number = 1ul << 63,
	  .size = SHORT, .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(OBJECT_GET_PROPERTY, .topic = ZX_PROP_REGISTER_FS, .handle = SIBLING,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_PROPERTY, .topic = ZX_PROP_REGISTER_FS, .handle = SIBLING, .buffer = NOWHERE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_PROPERTY, .topic = ZX_PROP_REGISTER_FS, .handle = SIBLING, .size = SHORT,
	  .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(OBJECT_GET_PROPERTY, .topic = ZX_PROP_REGISTER_FS, .handle = SIBLING, .buffer = NIL,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_PROPERTY, .topic = ZX_PROP_REGISTER_FS, .handle = UNSTARTED, .buffer = NOWHERE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_PROPERTY, .topic = ZX_PROP_REGISTER_FS, .handle = ALIEN,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_PROPERTY, .topic = ZX_PROP_REGISTER_FS, .handle = CHILD, .want = ZX_OK),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_FS, .handle = SIBLING,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_FS, .handle = SIBLING, .buffer = NOWHERE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_FS, .handle = SIBLING, .size = SHORT,
	  .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_FS, .handle = SIBLING, .buffer = NIL,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_FS, .handle = UNSTARTED, .buffer = NOWHERE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_FS, .handle = ALIEN,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_FS, .handle = CHILD, .want = ZX_OK),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_FS, .handle = SIBLING, .number = 1ul << 63,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_FS, .handle = THREAD, .number = 1ul << 63,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_SET_PROPERTY, .topic = ZX_PROP_REGISTER_FS, .handle = THREAD, .number = 1ul << 63,
	  .size = SHORT, .want = ZX_ERR_BUFFER_TOO_SMALL),
#endif

	/* zx_object_get_child(): handle, ZX_RIGHT_ENUMERATE, rights, type, the child, out */
	R(OBJECT_GET_CHILD, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_GET_CHILD, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_GET_CHILD, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_GET_CHILD, .handle = BAD, .rights = ZX_RIGHT_EXECUTE, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_GET_CHILD, .handle = BAD, .out = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_GET_CHILD, .without = ZX_RIGHT_ENUMERATE, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_CHILD, .without = ZX_RIGHT_ENUMERATE, .rights = ZX_RIGHT_EXECUTE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_CHILD, .without = ZX_RIGHT_ENUMERATE, .out = NOWHERE,
	  .want = ZX_ERR_ACCESS_DENIED),
	/* Handles to objects without children do not have the right; one from this call may. */
	R(OBJECT_GET_CHILD, .handle = EVENT, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_CHILD, .handle = CHANNEL, .rights = ZX_RIGHT_EXECUTE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_CHILD, .handle = THREAD, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_CHILD, .handle = CHILD, .without = ZX_RIGHT_ENUMERATE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_CHILD, .handle = CHILD, .rights = ZX_RIGHT_EXECUTE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_CHILD, .handle = CHILD, .want = ZX_ERR_WRONG_TYPE),
	R(OBJECT_GET_CHILD, .handle = CHILD, .number = 1, .want = ZX_ERR_WRONG_TYPE),
	R(OBJECT_GET_CHILD, .handle = CHILD, .out = NOWHERE, .want = ZX_ERR_WRONG_TYPE),
	R(OBJECT_GET_CHILD, .rights = ZX_RIGHT_EXECUTE, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_CHILD, .without = ZX_RIGHT_WAIT, .rights = ZX_RIGHT_WAIT,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_CHILD, .rights = ZX_RIGHT_SAME_RIGHTS | ZX_RIGHT_WAIT,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_CHILD, .rights = ZX_RIGHT_EXECUTE, .out = NOWHERE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_CHILD, .number = 1, .rights = ZX_RIGHT_EXECUTE, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_CHILD, .number = 1, .want = ZX_ERR_NOT_FOUND),
	R(OBJECT_GET_CHILD, .number = 1, .rights = ZX_RIGHT_WAIT, .want = ZX_ERR_NOT_FOUND),
	R(OBJECT_GET_CHILD, .number = 1, .out = NOWHERE, .want = ZX_ERR_NOT_FOUND),
	R(OBJECT_GET_CHILD, .number = 1, .out = NIL, .want = ZX_ERR_NOT_FOUND),
	/* The thread is of another process. */
	R(OBJECT_GET_CHILD, .handle = IDLE, .want = ZX_ERR_NOT_FOUND),
	R(OBJECT_GET_CHILD, .handle = IDLE, .out = NOWHERE, .want = ZX_ERR_NOT_FOUND),
	R(OBJECT_GET_CHILD, .handle = JOB, .want = ZX_ERR_NOT_FOUND),
	R(OBJECT_GET_CHILD, .handle = JOB, .state = OCCUPIED, .want = ZX_ERR_NOT_FOUND),
	R(OBJECT_GET_CHILD, .handle = JOB, .without = ZX_RIGHT_ENUMERATE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_CHILD, .handle = JOB, .rights = ZX_RIGHT_EXECUTE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_CHILD, .handle = JOB, .out = NOWHERE, .want = ZX_ERR_NOT_FOUND),
	R(OBJECT_GET_CHILD, .handle = DEFAULT, .without = ZX_RIGHT_ENUMERATE,
	  .want = ZX_ERR_ACCESS_DENIED),
	/* A handle to this job lacks the right. */
	R(OBJECT_GET_CHILD, .handle = DEFAULT, .rights = ZX_RIGHT_DESTROY,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_GET_CHILD, .handle = DEFAULT, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_CHILD, .handle = DEFAULT, .want = ZX_OK),
	R(OBJECT_GET_CHILD, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_CHILD, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_CHILD, .out = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_CHILD, .out = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_CHILD, .rights = ZX_RIGHT_WAIT, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_GET_CHILD, .want = ZX_OK),
	R(OBJECT_GET_CHILD, .rights = ZX_RIGHT_WAIT, .want = ZX_OK),
	R(OBJECT_GET_CHILD, .without = ZX_RIGHT_WAIT, .want = ZX_OK),

	/* zx_object_wait_async(): options, port, its type, ZX_RIGHT_WRITE, handle, ZX_RIGHT_WAIT */
	R(OBJECT_WAIT_ASYNC, .options = 8, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_WAIT_ASYNC, .options = 1u << 31, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_WAIT_ASYNC, .options = BOTH_STAMPS, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_WAIT_ASYNC, .options = BOTH_STAMPS | ZX_WAIT_ASYNC_EDGE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_WAIT_ASYNC, .options = 8, .list = { LACKING }, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_WAIT_ASYNC, .options = 8, .handle = BAD, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_WAIT_ASYNC, .options = BOTH_STAMPS, .list = { LACKING },
	  .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_WAIT_ASYNC, .options = BOTH_STAMPS, .handle = BAD, .want = ZX_ERR_INVALID_ARGS),
	R(OBJECT_WAIT_ASYNC, .list = { LACKING }, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_WAIT_ASYNC, .list = { ZERO }, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_WAIT_ASYNC, .list = { LACKING }, .without = ZX_RIGHT_WAIT,
	  .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_WAIT_ASYNC, .list = { UP }, .want = ZX_ERR_WRONG_TYPE),
	R(OBJECT_WAIT_ASYNC, .list = { ITSELF }, .want = ZX_ERR_WRONG_TYPE),
	R(OBJECT_WAIT_ASYNC, .list = { UP }, .handle = BAD, .want = ZX_ERR_WRONG_TYPE),
	R(OBJECT_WAIT_ASYNC, .list = { UP }, .without = ZX_RIGHT_WAIT, .want = ZX_ERR_WRONG_TYPE),
	R(OBJECT_WAIT_ASYNC, .list = { MUTE }, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_WAIT_ASYNC, .list = { MUTE }, .handle = BAD, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_WAIT_ASYNC, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_WAIT_ASYNC, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_WAIT_ASYNC, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(OBJECT_WAIT_ASYNC, .without = ZX_RIGHT_WAIT, .want = ZX_ERR_ACCESS_DENIED),
	/* No handle to a port has the right, also not that to the port itself. */
	R(OBJECT_WAIT_ASYNC, .handle = PORT, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_WAIT_ASYNC, .handle = PORT, .list = { ITSELF }, .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_WAIT_ASYNC, .handle = PORT, .list = { ITSELF }, .without = ZX_RIGHT_WRITE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(OBJECT_WAIT_ASYNC, .late = true, .want = ZX_OK),
	R(OBJECT_WAIT_ASYNC, .options = ZX_WAIT_ASYNC_TIMESTAMP | ZX_WAIT_ASYNC_EDGE,
	  .want = ZX_OK),
	R(OBJECT_WAIT_ASYNC, .options = ZX_WAIT_ASYNC_BOOT_TIMESTAMP, .want = ZX_OK),
	R(OBJECT_WAIT_ASYNC, .handle = EVENTPAIR, .state = ALONE, .want = ZX_OK),

	/* Without profiles the handle is not looked up. In Zircon: ZX_ERR_BAD_HANDLE. */
	R(OBJECT_SET_PROFILE, .want = ZX_ERR_NOT_SUPPORTED, .differs = true),
	R(OBJECT_SET_PROFILE, .handle = BAD, .want = ZX_ERR_NOT_SUPPORTED, .differs = true),

	/* The calls that create: options, sizes, addresses for the handles */
	R(PORT_CREATE, .options = 2, .want = ZX_ERR_INVALID_ARGS),
	R(PORT_CREATE, .options = 1u << 31, .want = ZX_ERR_INVALID_ARGS),
	R(PORT_CREATE, .options = 3, .want = ZX_ERR_INVALID_ARGS),
	R(PORT_CREATE, .options = 2, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(PORT_CREATE, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(PORT_CREATE, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(PORT_CREATE, .out = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(PORT_CREATE, .out = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),
	/* There are no interrupts. In Zircon: ZX_OK, and ZX_ERR_INVALID_ARGS. */
	R(PORT_CREATE, .options = ZX_PORT_BIND_TO_INTERRUPT, .want = ZX_ERR_NOT_SUPPORTED,
	  .differs = true),
	R(PORT_CREATE, .options = ZX_PORT_BIND_TO_INTERRUPT, .out = NOWHERE,
	  .want = ZX_ERR_NOT_SUPPORTED, .differs = true),
	R(EVENT_CREATE, .options = 1, .want = ZX_ERR_INVALID_ARGS),
	R(EVENT_CREATE, .options = 1, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(EVENT_CREATE, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(EVENT_CREATE, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(EVENT_CREATE, .out = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(EVENT_CREATE, .out = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),
	R(EVENTPAIR_CREATE, .options = 1, .want = ZX_ERR_NOT_SUPPORTED),
	R(EVENTPAIR_CREATE, .options = 1, .out = NOWHERE, .want = ZX_ERR_NOT_SUPPORTED),
	R(EVENTPAIR_CREATE, .options = 1, .out1 = NIL, .want = ZX_ERR_NOT_SUPPORTED),
	R(EVENTPAIR_CREATE, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(EVENTPAIR_CREATE, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(EVENTPAIR_CREATE, .out1 = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(EVENTPAIR_CREATE, .out1 = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(EVENTPAIR_CREATE, .out1 = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),
	R(CHANNEL_CREATE, .options = 1, .want = ZX_ERR_INVALID_ARGS),
	R(CHANNEL_CREATE, .options = 1, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(CHANNEL_CREATE, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(CHANNEL_CREATE, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(CHANNEL_CREATE, .out1 = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(CHANNEL_CREATE, .out1 = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_CREATE, .options = 8, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_CREATE, .options = ~ZX_SOCKET_DATAGRAM, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_CREATE, .options = 8, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_CREATE, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_CREATE, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_CREATE, .out1 = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_CREATE, .out1 = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	/* Zircon dropped both options in 2018: ZX_ERR_INVALID_ARGS. */
	R(SOCKET_CREATE, .options = ZX_SOCKET_HAS_CONTROL, .want = ZX_OK, .differs = true),
	R(SOCKET_CREATE, .options = ZX_SOCKET_HAS_ACCEPT, .want = ZX_OK, .differs = true),
	R(FIFO_CREATE, .options = 1, .want = ZX_ERR_INVALID_ARGS),
	R(FIFO_CREATE, .options = 1, .elem_count = EMPTY, .want = ZX_ERR_INVALID_ARGS),
	R(FIFO_CREATE, .options = 1, .elem_count = EMPTY, .elem_size = EMPTY,
	  .want = ZX_ERR_INVALID_ARGS),
	R(FIFO_CREATE, .options = 1, .elem_size = 4097, .want = ZX_ERR_INVALID_ARGS),
	R(FIFO_CREATE, .options = 1, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(FIFO_CREATE, .elem_count = EMPTY, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_CREATE, .elem_size = EMPTY, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_CREATE, .elem_count = EMPTY, .elem_size = EMPTY, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_CREATE, .elem_count = 513, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_CREATE, .elem_count = 128, .elem_size = 33, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_CREATE, .elem_count = HUGE, .elem_size = HUGE, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_CREATE, .elem_count = EMPTY, .out = NOWHERE, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_CREATE, .elem_count = 513, .out1 = NIL, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_CREATE, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(FIFO_CREATE, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(FIFO_CREATE, .out1 = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(FIFO_CREATE, .out1 = NOWHERE, .want = ZX_ERR_INVALID_ARGS),

	/*
	 * zx_channel_write() and zx_channel_call(): options; handle, type, right; the number of
	 * bytes or handles; the bytes; of a call too few bytes; the array of handles; each handle;
	 * the peer
	 */
	R(SEND, .want = ZX_OK),
	R(SEND, .options = 1, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .options = 1, .handle = BAD, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .options = 1, .handle = NONE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .options = 1, .handle = EVENT, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .options = 1, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .options = 1, .size = 65537, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .options = 1, .count = 65, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .options = 1, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .options = 1, .where = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .options = 1, .where = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .options = 1, .list = { FINE, LACKING }, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .options = 1, .list = { ITSELF }, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .options = 1, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .options = 1, .how = DUP, .want = ZX_ERR_INVALID_ARGS, .fate = STAYS),
	R(SEND, .options = 1, .how = OP, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .handle = BAD, .size = 65537, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .handle = BAD, .count = 65, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .handle = BAD, .buffer = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .handle = BAD, .where = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .handle = BAD, .list = { FIXED }, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .handle = BAD, .how = DUP, .want = ZX_ERR_BAD_HANDLE, .fate = STAYS),
	R(SEND, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(SEND, .handle = SOCKET, .want = ZX_ERR_WRONG_TYPE),
	R(SEND, .handle = SOCKET, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_WRONG_TYPE),
	R(SEND, .handle = EVENT, .size = 65537, .want = ZX_ERR_WRONG_TYPE),
	R(SEND, .handle = EVENT, .count = 65, .want = ZX_ERR_WRONG_TYPE),
	R(SEND, .handle = EVENT, .buffer = NOWHERE, .want = ZX_ERR_WRONG_TYPE),
	R(SEND, .handle = EVENT, .where = NOWHERE, .want = ZX_ERR_WRONG_TYPE),
	R(SEND, .handle = EVENT, .list = { LACKING, FINE }, .want = ZX_ERR_WRONG_TYPE),
	R(SEND, .handle = SOCKET, .state = ALONE, .want = ZX_ERR_WRONG_TYPE),
	R(SEND, .handle = EVENT, .how = DUP, .want = ZX_ERR_WRONG_TYPE, .fate = STAYS),
	R(SEND, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_ACCESS_DENIED),
	R(SEND, .without = ZX_RIGHT_WRITE, .size = 65537, .want = ZX_ERR_ACCESS_DENIED),
	R(SEND, .without = ZX_RIGHT_WRITE, .count = 65, .want = ZX_ERR_ACCESS_DENIED),
	R(SEND, .without = ZX_RIGHT_WRITE, .buffer = NOWHERE, .want = ZX_ERR_ACCESS_DENIED),
	R(SEND, .without = ZX_RIGHT_WRITE, .where = NOWHERE, .want = ZX_ERR_ACCESS_DENIED),
	R(SEND, .without = ZX_RIGHT_WRITE, .list = { LACKING, FINE }, .want = ZX_ERR_ACCESS_DENIED),
	R(SEND, .without = ZX_RIGHT_WRITE, .state = ALONE, .want = ZX_ERR_ACCESS_DENIED),
	R(SEND, .without = ZX_RIGHT_WRITE, .how = DUP, .want = ZX_ERR_ACCESS_DENIED,
	  .fate = STAYS),
	R(SEND, .size = 65537, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .size = 65537, .count = 65, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .size = 65537, .buffer = NOWHERE, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .size = 65537, .where = NOWHERE, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .size = 65537, .list = { LACKING, FINE }, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .size = 65537, .list = { ITSELF }, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .size = 65537, .state = ALONE, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .size = 65537, .how = DUP, .want = ZX_ERR_OUT_OF_RANGE, .fate = STAYS),
	R(SEND, .count = 65, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .count = 65, .zeros = 64, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .count = 4096, .zeros = 4095, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .count = 65, .buffer = NOWHERE, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .count = 65, .size = EMPTY, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .count = 65, .where = NOWHERE, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .count = 65, .list = { LACKING, FINE }, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .count = 65, .list = { ITSELF }, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .count = 65, .state = ALONE, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .count = 65, .how = DUP, .want = ZX_ERR_OUT_OF_RANGE, .fate = STAYS),
	/* Of more than 64 handles those are consumed that are in pieces of 64 which can be read. */
	R(SEND, .zeros = 63, .where = PARTLY, .want = ZX_ERR_OUT_OF_RANGE, .fate = GOES),
	R(SEND, .zeros = 64, .where = PARTLY, .want = ZX_ERR_OUT_OF_RANGE),
	/* Zircon consumes any number. */
	R(SEND, .count = 4097, .want = ZX_ERR_OUT_OF_RANGE, .fate = STAYS, .differs = true),
	R(SEND, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .buffer = NOWHERE, .size = 4096, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .buffer = NOWHERE, .where = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .buffer = NOWHERE, .where = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .buffer = NOWHERE, .list = { LACKING, FINE }, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .buffer = NOWHERE, .list = { FIXED, FINE }, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .buffer = NOWHERE, .list = { ITSELF, FINE }, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .buffer = NOWHERE, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .buffer = NOWHERE, .size = 4096, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .buffer = NOWHERE, .how = DUP, .want = ZX_ERR_INVALID_ARGS, .fate = STAYS),
	R(SEND, .buffer = NOWHERE, .how = TYPE, .want = ZX_ERR_INVALID_ARGS),
	R(CALL, .size = SHORT, .want = ZX_ERR_INVALID_ARGS),
	R(CALL, .size = EMPTY, .want = ZX_ERR_INVALID_ARGS),
	R(CALL, .size = EMPTY, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(CALL, .size = SHORT, .where = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(CALL, .size = SHORT, .list = { LACKING, FINE }, .want = ZX_ERR_INVALID_ARGS),
	R(CALL, .size = SHORT, .list = { FIXED, FINE }, .want = ZX_ERR_INVALID_ARGS),
	R(CALL, .size = SHORT, .list = { ITSELF, FINE }, .want = ZX_ERR_INVALID_ARGS),
	R(CALL, .size = SHORT, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(CALL, .size = SHORT, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(CALL, .size = SHORT, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(CALL, .size = SHORT, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_ACCESS_DENIED),
	R(CALL, .size = SHORT, .count = 65, .want = ZX_ERR_OUT_OF_RANGE),
	R(CALL, .size = SHORT, .vecs = 2, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .where = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .where = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .where = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .where = PARTLY, .list = { LACKING, FINE }, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .where = NOWHERE, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .where = PARTLY, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .where = NOWHERE, .count = EMPTY, .want = ZX_OK),
	/* Each handle is checked; the first that cannot be sent decides about the status. */
	R(SEND, .list = { LACKING, FINE }, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .list = { ZERO, FINE }, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .list = { FINE, AGAIN }, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .list = { FIXED, FINE }, .want = ZX_ERR_ACCESS_DENIED),
	R(SEND, .list = { ITSELF, FINE }, .want = ZX_ERR_NOT_SUPPORTED),
	R(SEND, .list = { ITSELF, FINE }, .without = ZX_RIGHT_TRANSFER,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(SEND, .list = { LACKING, FIXED }, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .list = { FIXED, LACKING }, .want = ZX_ERR_ACCESS_DENIED),
	R(SEND, .list = { LACKING, ITSELF }, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .list = { ITSELF, LACKING }, .want = ZX_ERR_NOT_SUPPORTED),
	R(SEND, .list = { FIXED, ITSELF }, .want = ZX_ERR_ACCESS_DENIED),
	R(SEND, .list = { ITSELF, FIXED }, .want = ZX_ERR_NOT_SUPPORTED),
	R(SEND, .list = { FIXED, AGAIN }, .want = ZX_ERR_ACCESS_DENIED),
	R(SEND, .list = { ITSELF, AGAIN }, .want = ZX_ERR_NOT_SUPPORTED),
	R(SEND, .list = { FINE, FIXED, LACKING }, .want = ZX_ERR_ACCESS_DENIED),
	R(SEND, .list = { LACKING, FINE }, .state = ALONE, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .list = { FIXED, FINE }, .state = ALONE, .want = ZX_ERR_ACCESS_DENIED),
	R(SEND, .list = { ITSELF, FINE }, .state = ALONE, .want = ZX_ERR_NOT_SUPPORTED),
	R(SEND, .list = { LACKING, FINE }, .size = 4096, .state = ALONE,
	  .want = ZX_ERR_BAD_HANDLE),
	/* Dispositions: the handle, the operation, ZX_RIGHT_TRANSFER, itself, type, rights. */
	R(SEND, .how = OP, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .how = OP, .list = { LACKING, FINE }, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .how = OP, .list = { ZERO, FINE }, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .how = OP, .list = { FIXED, FINE }, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .how = OP, .list = { ITSELF, FINE }, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .how = OP | TYPE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .how = OP | RIGHTS, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .how = OP, .list = { FINE, FIXED }, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .how = OP, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .how = TYPE, .list = { LACKING, FINE }, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .how = RIGHTS, .list = { LACKING, FINE }, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .how = TYPE, .list = { FIXED, FINE }, .want = ZX_ERR_ACCESS_DENIED),
	R(SEND, .how = RIGHTS, .list = { FIXED, FINE }, .want = ZX_ERR_ACCESS_DENIED),
	R(SEND, .how = TYPE, .list = { ITSELF, FINE }, .want = ZX_ERR_NOT_SUPPORTED),
	R(SEND, .how = RIGHTS, .list = { ITSELF, FINE }, .want = ZX_ERR_NOT_SUPPORTED),
	R(SEND, .how = TYPE, .want = ZX_ERR_WRONG_TYPE),
	R(SEND, .how = TYPE | RIGHTS, .want = ZX_ERR_WRONG_TYPE),
	R(SEND, .how = TYPE, .list = { FINE, LACKING }, .want = ZX_ERR_WRONG_TYPE),
	R(SEND, .how = TYPE, .state = ALONE, .want = ZX_ERR_WRONG_TYPE),
	R(SEND, .how = RIGHTS, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .how = RIGHTS, .list = { FINE, LACKING }, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .how = RIGHTS, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .how = DUP, .list = { LACKING }, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .how = DUP, .list = { FIXED }, .want = ZX_ERR_ACCESS_DENIED, .fate = STAYS),
	R(SEND, .how = DUP, .list = { ITSELF }, .want = ZX_ERR_NOT_SUPPORTED, .fate = STAYS),
	R(SEND, .how = DUP | TYPE, .list = { ITSELF }, .want = ZX_ERR_NOT_SUPPORTED, .fate = STAYS),
	R(SEND, .how = DUP | RIGHTS, .list = { ITSELF }, .want = ZX_ERR_NOT_SUPPORTED,
	  .fate = STAYS),
	R(SEND, .how = DUP | TYPE, .want = ZX_ERR_WRONG_TYPE, .fate = STAYS),
	R(SEND, .how = DUP | TYPE, .list = { UNIQUE }, .want = ZX_ERR_WRONG_TYPE, .fate = STAYS),
	R(SEND, .how = DUP | TYPE, .list = { FIXED }, .want = ZX_ERR_ACCESS_DENIED, .fate = STAYS),
	R(SEND, .how = DUP | RIGHTS, .want = ZX_ERR_INVALID_ARGS, .fate = STAYS),
	R(SEND, .how = DUP | RIGHTS, .list = { UNIQUE }, .want = ZX_ERR_INVALID_ARGS,
	  .fate = STAYS),
	R(SEND, .how = DUP, .list = { UNIQUE }, .want = ZX_ERR_ACCESS_DENIED, .fate = STAYS),
	R(SEND, .how = DUP, .list = { UNIQUE }, .state = ALONE, .want = ZX_ERR_ACCESS_DENIED,
	  .fate = STAYS),
	R(SEND, .how = DUP, .state = ALONE, .want = ZX_ERR_PEER_CLOSED, .fate = STAYS),
	R(SEND, .how = DUP, .want = ZX_OK, .fate = STAYS),
	/* A result that cannot be written decides about the status, not the result. */
	R(SEND, .how = TYPE, .where = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .how = TYPE, .where = READ_ONLY, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .where = READ_ONLY, .list = { FINE, FINE }, .state = ALONE,
	  .want = ZX_ERR_PEER_CLOSED),
	R(SEND, .state = ALONE, .want = ZX_ERR_PEER_CLOSED),
	R(SEND, .state = ALONE, .size = 4096, .want = ZX_ERR_PEER_CLOSED),
	R(SEND, .state = ALONE, .list = { NOTHING }, .want = ZX_ERR_PEER_CLOSED),

	/* As iovecs: their number; up to 16 of them are read, and then .reserved of each... */
	R(SEND, .vecs = 4, .want = ZX_OK),
	R(SEND, .vecs = 8193, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .vecs = 8193, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .vecs = 8193, .options = 1, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 8193, .reserved = 1, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .vecs = 8193, .count = 65, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .vecs = 4, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 4, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 4, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 4, .buffer = PARTLY, .too_much = 1, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 4, .buffer = NOWHERE, .count = 65, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 4, .buffer = NOWHERE, .list = { LACKING, FINE },
	  .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 4, .buffer = NOWHERE, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(SEND, .vecs = 4, .reserved = 1, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 4, .reserved = 1, .too_much = 2, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 4, .reserved = 4, .too_much = 1, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 4, .reserved = 2, .count = 65, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 4, .reserved = 4, .nowhere = 1, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 4, .reserved = 1, .list = { LACKING, FINE }, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 4, .reserved = 1, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 4, .reserved = 1, .how = DUP, .want = ZX_ERR_INVALID_ARGS, .fate = STAYS),
	/* ...then the number of bytes or handles, then the bytes. */
	R(SEND, .vecs = 4, .too_much = 3, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .vecs = 4, .too_much = 3, .nowhere = 1, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .vecs = 4, .too_much = 1, .nowhere = 2, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .vecs = 4, .too_much = 1, .count = 65, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .vecs = 4, .too_much = 1, .where = NOWHERE, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .vecs = 4, .too_much = 1, .list = { LACKING, FINE }, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .vecs = 4, .too_much = 1, .state = ALONE, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .vecs = 4, .count = 65, .nowhere = 1, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .vecs = 4, .nowhere = 4, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 4, .nowhere = 4, .where = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 4, .nowhere = 4, .list = { LACKING, FINE }, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 4, .nowhere = 4, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(CALL, .vecs = 2, .list = { LACKING, FINE }, .want = ZX_ERR_INVALID_ARGS),
	R(CALL, .vecs = 2, .reserved = 1, .want = ZX_ERR_INVALID_ARGS),
	R(CALL, .vecs = 2, .too_much = 1, .want = ZX_ERR_OUT_OF_RANGE),
	/* With more than 16 the number of handles comes first, then each iovec as a whole. */
	R(SEND, .vecs = 40, .want = ZX_OK),
	R(SEND, .vecs = 40, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 40, .buffer = NOWHERE, .count = 65, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .vecs = 40, .reserved = 40, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 40, .reserved = 1, .count = 65, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .vecs = 40, .reserved = 1, .too_much = 2, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 40, .reserved = 2, .too_much = 1, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .vecs = 40, .too_much = 40, .want = ZX_ERR_OUT_OF_RANGE),
	/* Zircon copies 16 iovecs at a time, and finds first what is wrong with the first. */
	R(SEND, .vecs = 40, .too_much = 40, .nowhere = 1, .want = ZX_ERR_OUT_OF_RANGE,
	  .differs = true),
	R(SEND, .vecs = 40, .too_much = 1, .nowhere = 40, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .vecs = 40, .too_much = 1, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS,
	  .differs = true),
	R(SEND, .vecs = 40, .nowhere = 40, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 40, .nowhere = 40, .count = 65, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .vecs = 40, .nowhere = 40, .list = { LACKING, FINE }, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .vecs = 40, .nowhere = 40, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),

	/*
	 * A queue has a limit here; Zircon raises an exception. Checks that need no access to the
	 * program's memory come first; then ZX_ERR_SHOULD_WAIT, before bytes, an iovec or handles
	 * are read.
	 */
	R(SEND, .state = FULL, .want = ZX_ERR_SHOULD_WAIT, .fate = STAYS, .differs = true),
	R(SEND, .state = FULL, .options = 1, .want = ZX_ERR_INVALID_ARGS),
	R(SEND, .state = FULL, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_ACCESS_DENIED),
	R(SEND, .state = FULL, .size = 65537, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .state = FULL, .count = 65, .want = ZX_ERR_OUT_OF_RANGE),
	R(SEND, .state = FULL, .buffer = NOWHERE, .want = ZX_ERR_SHOULD_WAIT, .fate = STAYS,
	  .differs = true),
	R(SEND, .state = FULL, .size = 4096, .buffer = NOWHERE, .want = ZX_ERR_SHOULD_WAIT,
	  .fate = STAYS, .differs = true),
	R(SEND, .state = FULL, .where = NOWHERE, .want = ZX_ERR_SHOULD_WAIT, .differs = true),
	R(SEND, .state = FULL, .list = { LACKING, FINE }, .want = ZX_ERR_SHOULD_WAIT,
	  .fate = STAYS, .differs = true),
	R(SEND, .state = FULL, .list = { ITSELF }, .want = ZX_ERR_SHOULD_WAIT, .fate = STAYS,
	  .differs = true),
	R(SEND, .state = FULL, .vecs = 4, .nowhere = 1, .want = ZX_ERR_SHOULD_WAIT, .fate = STAYS,
	  .differs = true),
	R(SEND, .state = FULL, .vecs = 4, .reserved = 1, .want = ZX_ERR_SHOULD_WAIT, .fate = STAYS,
	  .differs = true),
	R(SEND, .state = FULL, .vecs = 4, .too_much = 1, .want = ZX_ERR_SHOULD_WAIT, .fate = STAYS,
	  .differs = true),
	R(CALL, .state = FULL, .size = SHORT, .want = ZX_ERR_INVALID_ARGS),

	/* zx_channel_call(): the struct first; the reply's buffers only when a reply is there */
	R(CALL, .args = NIL, .want = ZX_ERR_INVALID_ARGS, .fate = STAYS),
	R(CALL, .args = NOWHERE, .want = ZX_ERR_INVALID_ARGS, .fate = STAYS),
	R(CALL, .args = NOWHERE, .handle = BAD, .want = ZX_ERR_INVALID_ARGS, .fate = STAYS),
	R(CALL, .args = NOWHERE, .handle = EVENT, .want = ZX_ERR_INVALID_ARGS, .fate = STAYS),
	R(CALL, .args = NOWHERE, .options = 1, .want = ZX_ERR_INVALID_ARGS, .fate = STAYS),
	R(CALL, .args = NOWHERE, .state = ALONE, .want = ZX_ERR_INVALID_ARGS, .fate = STAYS),
	R(CALL, .without = ZX_RIGHT_READ, .want = ZX_ERR_ACCESS_DENIED),
	R(CALL, .without = ZX_RIGHT_READ, .size = 65537, .want = ZX_ERR_ACCESS_DENIED),
	R(CALL, .without = ZX_RIGHT_READ, .state = ALONE, .want = ZX_ERR_ACCESS_DENIED),
	R(CALL, .without = ZX_RIGHT_READ | ZX_RIGHT_WRITE, .options = 1,
	  .want = ZX_ERR_INVALID_ARGS),
	R(CALL, .actual = NIL, .want = ZX_ERR_TIMED_OUT),
	R(CALL, .avail = NIL, .want = ZX_ERR_TIMED_OUT),
	R(CALL, .actual = NOWHERE, .want = ZX_ERR_TIMED_OUT),
	R(CALL, .avail = NOWHERE, .want = ZX_ERR_TIMED_OUT),
	R(CALL, .result = NOWHERE, .want = ZX_ERR_TIMED_OUT),
	R(CALL, .out = NOWHERE, .want = ZX_ERR_TIMED_OUT),
	R(CALL, .space = EMPTY, .want = ZX_ERR_TIMED_OUT),
	R(CALL, .actual = NIL, .state = ALONE, .want = ZX_ERR_PEER_CLOSED),
	R(CALL, .result = NOWHERE, .state = ALONE, .want = ZX_ERR_PEER_CLOSED),
	R(CALL, .actual = NIL, .list = { LACKING, FINE }, .want = ZX_ERR_BAD_HANDLE),
	R(CALL, .actual = NIL, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(CALL, .answer = 16, .want = ZX_OK),
	R(CALL, .answer = 20, .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(CALL, .answer = 16, .space = EMPTY, .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(CALL, .answer = 20, .actual = NIL, .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(CALL, .answer = 20, .avail = NOWHERE, .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(CALL, .answer = 20, .result = NOWHERE, .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(CALL, .answer = 20, .out = NOWHERE, .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(CALL, .answer = 16, .actual = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(CALL, .answer = 16, .avail = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(CALL, .answer = 16, .actual = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(CALL, .answer = 16, .result = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(CALL, .answer = 16, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),

	/* zx_channel_read(): handle, type, right; options; a message; its size; the pointers */
	R(READ, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(READ, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(READ, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(READ, .handle = BAD, .options = 2, .want = ZX_ERR_BAD_HANDLE),
	R(READ, .handle = BAD, .buffer = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(READ, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(READ, .handle = EVENT, .options = 2, .want = ZX_ERR_WRONG_TYPE),
	R(READ, .handle = EVENT, .buffer = NOWHERE, .want = ZX_ERR_WRONG_TYPE),
	R(READ, .handle = SOCKET, .without = ZX_RIGHT_READ, .want = ZX_ERR_WRONG_TYPE),
	R(READ, .handle = SOCKET, .state = UNREAD | ALONE, .want = ZX_ERR_WRONG_TYPE),
	R(READ, .without = ZX_RIGHT_READ, .want = ZX_ERR_ACCESS_DENIED),
	R(READ, .without = ZX_RIGHT_READ, .options = 2, .want = ZX_ERR_ACCESS_DENIED),
	R(READ, .without = ZX_RIGHT_READ, .state = ALONE, .want = ZX_ERR_ACCESS_DENIED),
	R(READ, .without = ZX_RIGHT_READ, .state = UNREAD, .size = SHORT,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(READ, .without = ZX_RIGHT_READ, .state = UNREAD, .buffer = NOWHERE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(READ, .options = 2, .want = ZX_ERR_NOT_SUPPORTED),
	R(READ, .options = 2, .state = ALONE, .want = ZX_ERR_NOT_SUPPORTED),
	R(READ, .options = 3, .state = UNREAD, .want = ZX_ERR_NOT_SUPPORTED),
	R(READ, .options = 3, .state = UNREAD, .size = SHORT, .want = ZX_ERR_NOT_SUPPORTED),
	R(READ, .options = 2, .state = UNREAD, .buffer = NOWHERE, .want = ZX_ERR_NOT_SUPPORTED),
	R(READ, .want = ZX_ERR_SHOULD_WAIT),
	R(READ, .size = EMPTY, .count = EMPTY, .want = ZX_ERR_SHOULD_WAIT),
	R(READ, .buffer = NOWHERE, .want = ZX_ERR_SHOULD_WAIT),
	R(READ, .out = NOWHERE, .want = ZX_ERR_SHOULD_WAIT),
	R(READ, .actual = NOWHERE, .want = ZX_ERR_SHOULD_WAIT),
	R(READ, .avail = NOWHERE, .want = ZX_ERR_SHOULD_WAIT),
	R(READ, .state = ALONE, .want = ZX_ERR_PEER_CLOSED),
	R(READ, .state = ALONE, .buffer = NOWHERE, .want = ZX_ERR_PEER_CLOSED),
	R(READ, .state = ALONE, .actual = NOWHERE, .want = ZX_ERR_PEER_CLOSED),
	R(READ, .state = UNREAD, .size = SHORT, .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(READ, .state = UNREAD, .count = EMPTY, .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(READ, .state = UNREAD, .size = EMPTY, .buffer = NIL, .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(READ, .state = UNREAD, .size = SHORT, .count = EMPTY, .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(READ, .state = UNREAD, .size = SHORT, .buffer = NOWHERE,
	  .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(READ, .state = UNREAD, .size = SHORT, .out = NOWHERE, .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(READ, .state = UNREAD, .count = EMPTY, .buffer = NOWHERE,
	  .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(READ, .state = UNREAD | ALONE, .size = SHORT, .want = ZX_ERR_BUFFER_TOO_SMALL),
	R(READ, .state = UNREAD, .size = SHORT, .actual = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(READ, .state = UNREAD, .size = SHORT, .avail = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(READ, .state = UNREAD, .size = SHORT, .options = ZX_CHANNEL_READ_MAY_DISCARD,
	  .want = ZX_ERR_BUFFER_TOO_SMALL, .fate = GOES),
	R(READ, .state = UNREAD, .count = EMPTY, .options = ZX_CHANNEL_READ_MAY_DISCARD,
	  .want = ZX_ERR_BUFFER_TOO_SMALL, .fate = GOES),
	R(READ, .state = UNREAD, .size = SHORT, .options = ZX_CHANNEL_READ_MAY_DISCARD,
	  .buffer = NOWHERE, .want = ZX_ERR_BUFFER_TOO_SMALL, .fate = GOES),
	R(READ, .state = UNREAD, .size = SHORT, .options = ZX_CHANNEL_READ_MAY_DISCARD,
	  .actual = NOWHERE, .want = ZX_ERR_INVALID_ARGS, .fate = GOES),
	R(READ, .options = ZX_CHANNEL_READ_MAY_DISCARD, .want = ZX_ERR_SHOULD_WAIT),
	/* Zircon drops a message that cannot be delivered. */
	R(READ, .state = UNREAD, .actual = NOWHERE, .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(READ, .state = UNREAD, .avail = NOWHERE, .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(READ, .state = UNREAD, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(READ, .state = UNREAD, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(READ, .state = UNREAD, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(READ, .state = UNREAD, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(READ, .state = UNREAD, .out = PARTLY, .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(READ, .state = UNREAD | ALONE, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS,
	  .differs = true),
	R(READ, .state = UNREAD, .buffer = NOWHERE, .options = ZX_CHANNEL_READ_MAY_DISCARD,
	  .want = ZX_ERR_INVALID_ARGS, .differs = true),

	/*
	 * zx_socket_write(): buffer NULL or options; handle, type, right; peer closed; disabled;
	 * sizes of more than 32 bits; full; the size of a datagram; the bytes; actual
	 */
	R(SOCKET_WRITE, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .buffer = NIL, .handle = BAD, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .buffer = NIL, .handle = EVENT, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .buffer = NIL, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .buffer = NIL, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .buffer = NIL, .state = DISABLED, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .buffer = NIL, .state = FULL, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .buffer = NIL, .size = EMPTY, .want = ZX_OK),
	R(SOCKET_WRITE, .buffer = NIL, .size = EMPTY, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(SOCKET_WRITE, .buffer = NIL, .size = EMPTY, .state = ALONE, .want = ZX_ERR_PEER_CLOSED),
	R(SOCKET_WRITE, .buffer = NIL, .size = EMPTY, .state = DISABLED, .want = ZX_ERR_BAD_STATE),
	R(SOCKET_WRITE, .buffer = NOWHERE, .size = EMPTY, .want = ZX_OK),
	R(SOCKET_WRITE, .size = EMPTY, .state = FULL, .want = ZX_OK),
	R(SOCKET_WRITE, .options = 1, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .options = ZX_SOCKET_PEEK, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .options = 1, .handle = BAD, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .options = 1, .handle = EVENT, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .options = 1, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .options = 1, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .options = 1, .state = DISABLED, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .options = 1, .state = FULL, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(SOCKET_WRITE, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(SOCKET_WRITE, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(SOCKET_WRITE, .handle = BAD, .size = HUGE, .want = ZX_ERR_BAD_HANDLE),
	R(SOCKET_WRITE, .handle = BAD, .buffer = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(SOCKET_WRITE, .handle = BAD, .actual = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(SOCKET_WRITE, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(SOCKET_WRITE, .handle = CHANNEL, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_WRONG_TYPE),
	R(SOCKET_WRITE, .handle = CHANNEL, .state = ALONE, .want = ZX_ERR_WRONG_TYPE),
	R(SOCKET_WRITE, .handle = EVENT, .size = HUGE, .want = ZX_ERR_WRONG_TYPE),
	R(SOCKET_WRITE, .handle = EVENT, .buffer = NOWHERE, .want = ZX_ERR_WRONG_TYPE),
	R(SOCKET_WRITE, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_ACCESS_DENIED),
	R(SOCKET_WRITE, .without = ZX_RIGHT_WRITE, .state = ALONE, .want = ZX_ERR_ACCESS_DENIED),
	R(SOCKET_WRITE, .without = ZX_RIGHT_WRITE, .state = DISABLED,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(SOCKET_WRITE, .without = ZX_RIGHT_WRITE, .state = FULL, .want = ZX_ERR_ACCESS_DENIED),
	R(SOCKET_WRITE, .without = ZX_RIGHT_WRITE, .size = HUGE, .want = ZX_ERR_ACCESS_DENIED),
	R(SOCKET_WRITE, .without = ZX_RIGHT_WRITE, .buffer = NOWHERE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(SOCKET_WRITE, .state = ALONE, .want = ZX_ERR_PEER_CLOSED),
	R(SOCKET_WRITE, .state = ALONE | DISABLED, .want = ZX_ERR_PEER_CLOSED),
	R(SOCKET_WRITE, .state = ALONE | FULL, .want = ZX_ERR_PEER_CLOSED),
	R(SOCKET_WRITE, .state = ALONE, .size = HUGE, .want = ZX_ERR_PEER_CLOSED),
	R(SOCKET_WRITE, .state = ALONE, .buffer = NOWHERE, .want = ZX_ERR_PEER_CLOSED),
	R(SOCKET_WRITE, .state = ALONE, .buffer = NOWHERE, .size = 65536,
	  .want = ZX_ERR_PEER_CLOSED),
	R(SOCKET_WRITE, .state = ALONE, .actual = NOWHERE, .want = ZX_ERR_PEER_CLOSED),
	R(SOCKET_WRITE, .state = ALONE, .handle = DATAGRAM, .size = 1 << 20,
	  .want = ZX_ERR_PEER_CLOSED),
	R(SOCKET_WRITE, .state = DISABLED, .want = ZX_ERR_BAD_STATE),
	R(SOCKET_WRITE, .state = DISABLED | FULL, .want = ZX_ERR_BAD_STATE),
	R(SOCKET_WRITE, .state = DISABLED, .size = HUGE, .want = ZX_ERR_BAD_STATE),
	R(SOCKET_WRITE, .state = DISABLED, .buffer = NOWHERE, .want = ZX_ERR_BAD_STATE),
	R(SOCKET_WRITE, .state = DISABLED, .actual = NOWHERE, .want = ZX_ERR_BAD_STATE),
	R(SOCKET_WRITE, .state = DISABLED, .handle = DATAGRAM, .size = 1 << 20,
	  .want = ZX_ERR_BAD_STATE),
	R(SOCKET_WRITE, .size = HUGE, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .size = HUGE, .state = FULL, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .size = HUGE, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .size = HUGE, .handle = DATAGRAM, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .state = FULL, .want = ZX_ERR_SHOULD_WAIT),
	R(SOCKET_WRITE, .state = FULL, .buffer = NOWHERE, .want = ZX_ERR_SHOULD_WAIT),
	R(SOCKET_WRITE, .state = FULL, .actual = NOWHERE, .want = ZX_ERR_SHOULD_WAIT),
	R(SOCKET_WRITE, .state = FULL, .handle = DATAGRAM, .want = ZX_ERR_SHOULD_WAIT),
	R(SOCKET_WRITE, .state = FULL, .handle = DATAGRAM, .size = 1 << 20,
	  .want = ZX_ERR_SHOULD_WAIT),
	R(SOCKET_WRITE, .handle = DATAGRAM, .size = 1 << 20, .want = ZX_ERR_OUT_OF_RANGE),
	R(SOCKET_WRITE, .handle = DATAGRAM, .size = 1 << 20, .buffer = NOWHERE,
	  .want = ZX_ERR_OUT_OF_RANGE),
	R(SOCKET_WRITE, .handle = DATAGRAM, .size = 1 << 20, .state = STARTED,
	  .want = ZX_ERR_OUT_OF_RANGE),
	R(SOCKET_WRITE, .handle = DATAGRAM, .size = 1 << 20, .actual = NOWHERE,
	  .want = ZX_ERR_OUT_OF_RANGE),
	R(SOCKET_WRITE, .handle = DATAGRAM, .size = 1 << 18, .state = STARTED,
	  .want = ZX_ERR_SHOULD_WAIT),
	R(SOCKET_WRITE, .handle = DATAGRAM, .size = 1 << 18, .state = STARTED, .buffer = NOWHERE,
	  .want = ZX_ERR_SHOULD_WAIT),
	R(SOCKET_WRITE, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .buffer = NOWHERE, .size = 65536, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .buffer = NOWHERE, .handle = DATAGRAM, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_WRITE, .buffer = NOWHERE, .actual = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	/* Zircon has written the bytes then. */
	R(SOCKET_WRITE, .actual = NOWHERE, .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(SOCKET_WRITE, .actual = PARTLY, .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(SOCKET_WRITE, .actual = NOWHERE, .handle = DATAGRAM, .want = ZX_ERR_INVALID_ARGS,
	  .differs = true),
	R(SOCKET_WRITE, .actual = NIL, .want = ZX_OK),

	/*
	 * zx_socket_read(): buffer NULL or options; handle, type, right; sizes of more than 32
	 * bits; empty; the bytes; actual
	 */
	R(SOCKET_READ, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .buffer = NIL, .handle = BAD, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .buffer = NIL, .handle = EVENT, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .buffer = NIL, .without = ZX_RIGHT_READ, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .buffer = NIL, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .buffer = NIL, .state = PEER_DISABLED, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .buffer = NIL, .state = UNREAD, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .buffer = NIL, .state = UNREAD, .handle = DATAGRAM,
	  .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .buffer = NIL, .size = EMPTY, .want = ZX_ERR_SHOULD_WAIT),
	R(SOCKET_READ, .buffer = NIL, .size = EMPTY, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(SOCKET_READ, .buffer = NIL, .size = EMPTY, .state = ALONE, .want = ZX_ERR_PEER_CLOSED),
	R(SOCKET_READ, .buffer = NIL, .size = EMPTY, .state = PEER_DISABLED,
	  .want = ZX_ERR_BAD_STATE),
	R(SOCKET_READ, .buffer = NIL, .size = EMPTY, .state = UNREAD, .want = ZX_OK),
	R(SOCKET_READ, .buffer = NOWHERE, .size = EMPTY, .state = UNREAD, .want = ZX_OK),
	R(SOCKET_READ, .options = 1, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .options = ZX_SOCKET_PEEK | 1, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .options = 1, .handle = BAD, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .options = 1, .handle = EVENT, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .options = 1, .without = ZX_RIGHT_READ, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .options = 1, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .options = 1, .state = UNREAD, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(SOCKET_READ, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(SOCKET_READ, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(SOCKET_READ, .handle = BAD, .size = HUGE, .want = ZX_ERR_BAD_HANDLE),
	R(SOCKET_READ, .handle = BAD, .buffer = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(SOCKET_READ, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(SOCKET_READ, .handle = CHANNEL, .without = ZX_RIGHT_READ, .want = ZX_ERR_WRONG_TYPE),
	R(SOCKET_READ, .handle = CHANNEL, .state = ALONE, .want = ZX_ERR_WRONG_TYPE),
	R(SOCKET_READ, .handle = EVENT, .size = HUGE, .want = ZX_ERR_WRONG_TYPE),
	R(SOCKET_READ, .handle = EVENT, .buffer = NOWHERE, .want = ZX_ERR_WRONG_TYPE),
	R(SOCKET_READ, .without = ZX_RIGHT_READ, .want = ZX_ERR_ACCESS_DENIED),
	R(SOCKET_READ, .without = ZX_RIGHT_READ, .size = HUGE, .want = ZX_ERR_ACCESS_DENIED),
	R(SOCKET_READ, .without = ZX_RIGHT_READ, .state = ALONE, .want = ZX_ERR_ACCESS_DENIED),
	R(SOCKET_READ, .without = ZX_RIGHT_READ, .state = PEER_DISABLED,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(SOCKET_READ, .without = ZX_RIGHT_READ, .state = UNREAD, .buffer = NOWHERE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(SOCKET_READ, .size = HUGE, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .size = HUGE, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .size = HUGE, .state = PEER_DISABLED, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .size = HUGE, .state = UNREAD, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .size = HUGE, .state = UNREAD, .handle = DATAGRAM,
	  .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .state = ALONE, .want = ZX_ERR_PEER_CLOSED),
	R(SOCKET_READ, .state = ALONE | PEER_DISABLED, .want = ZX_ERR_PEER_CLOSED),
	R(SOCKET_READ, .state = ALONE, .buffer = NOWHERE, .want = ZX_ERR_PEER_CLOSED),
	R(SOCKET_READ, .state = ALONE, .actual = NOWHERE, .want = ZX_ERR_PEER_CLOSED),
	R(SOCKET_READ, .state = ALONE, .options = ZX_SOCKET_PEEK, .want = ZX_ERR_PEER_CLOSED),
	R(SOCKET_READ, .state = PEER_DISABLED, .want = ZX_ERR_BAD_STATE),
	R(SOCKET_READ, .state = PEER_DISABLED, .buffer = NOWHERE, .want = ZX_ERR_BAD_STATE),
	R(SOCKET_READ, .state = PEER_DISABLED, .actual = NOWHERE, .want = ZX_ERR_BAD_STATE),
	R(SOCKET_READ, .state = DISABLED, .want = ZX_ERR_SHOULD_WAIT),
	R(SOCKET_READ, .want = ZX_ERR_SHOULD_WAIT),
	R(SOCKET_READ, .buffer = NOWHERE, .want = ZX_ERR_SHOULD_WAIT),
	R(SOCKET_READ, .actual = NOWHERE, .want = ZX_ERR_SHOULD_WAIT),
	R(SOCKET_READ, .options = ZX_SOCKET_PEEK, .want = ZX_ERR_SHOULD_WAIT),
	R(SOCKET_READ, .state = UNREAD, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .state = UNREAD, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .state = UNREAD, .buffer = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .state = UNREAD | ALONE, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .state = UNREAD, .buffer = NOWHERE, .options = ZX_SOCKET_PEEK,
	  .want = ZX_ERR_INVALID_ARGS),
	/* A datagram that cannot be stored is lost, and nothing else changes. */
	R(SOCKET_READ, .state = UNREAD, .buffer = NOWHERE, .handle = DATAGRAM,
	  .want = ZX_ERR_INVALID_ARGS, .fate = GOES, .look = true, .signals = ZX_SOCKET_WRITABLE,
	  .peer_signals = ZX_SOCKET_WRITABLE),
	R(SOCKET_READ, .state = UNREAD, .buffer = PARTLY, .handle = DATAGRAM,
	  .want = ZX_ERR_INVALID_ARGS, .fate = GOES),
	R(SOCKET_READ, .state = UNREAD, .buffer = READ_ONLY, .handle = DATAGRAM,
	  .want = ZX_ERR_INVALID_ARGS, .fate = GOES),
	R(SOCKET_READ, .state = UNREAD | ALONE, .buffer = NOWHERE, .handle = DATAGRAM,
	  .want = ZX_ERR_INVALID_ARGS, .fate = GOES),
	R(SOCKET_READ, .state = UNREAD, .buffer = NOWHERE, .handle = DATAGRAM,
	  .options = ZX_SOCKET_PEEK, .want = ZX_ERR_INVALID_ARGS),
	/* Zircon has removed the bytes then. */
	R(SOCKET_READ, .state = UNREAD, .actual = NOWHERE, .want = ZX_ERR_INVALID_ARGS,
	  .differs = true),
	R(SOCKET_READ, .state = UNREAD, .actual = PARTLY, .want = ZX_ERR_INVALID_ARGS,
	  .differs = true),
	R(SOCKET_READ, .state = UNREAD, .actual = NOWHERE, .handle = DATAGRAM,
	  .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(SOCKET_READ, .state = UNREAD, .actual = NOWHERE, .options = ZX_SOCKET_PEEK,
	  .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_READ, .state = CRAMMED, .want = ZX_OK, .look = true,
	  .signals = ZX_SOCKET_WRITABLE | ZX_SOCKET_READABLE, .peer_signals = ZX_SOCKET_WRITABLE),
	/* Zircon raises ZX_SOCKET_WRITABLE on the disabled endpoint. */
	R(SOCKET_READ, .state = CRAMMED | PEER_DISABLED, .size = 1 << 18, .want = ZX_OK,
	  .look = true, .signals = ZX_SOCKET_WRITABLE | ZX_SOCKET_PEER_WRITE_DISABLED,
	  .peer_signals = ZX_SOCKET_WRITE_DISABLED, .differs = true),
	R(SOCKET_READ, .state = CRAMMED | PEER_DISABLED, .want = ZX_OK, .look = true,
	  .signals = ZX_SOCKET_WRITABLE | ZX_SOCKET_READABLE | ZX_SOCKET_PEER_WRITE_DISABLED,
	  .peer_signals = ZX_SOCKET_WRITE_DISABLED, .differs = true),

	/*
	 * The control plane, which Zircon no longer has (ZX_SOCKET_CONTROL is an unknown option
	 * there), in its former order: has the socket one; the size; peer closed; is there space,
	 * or a message; the bytes
	 */
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .want = ZX_ERR_BAD_STATE, .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .size = EMPTY, .want = ZX_ERR_BAD_STATE,
	  .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .size = 1025, .want = ZX_ERR_BAD_STATE,
	  .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .state = ALONE, .want = ZX_ERR_BAD_STATE,
	  .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .buffer = NOWHERE, .want = ZX_ERR_BAD_STATE,
	  .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .handle = BAD, .want = ZX_ERR_BAD_HANDLE,
	  .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .handle = CONTROL, .size = EMPTY,
	  .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .handle = CONTROL, .size = EMPTY,
	  .state = ALONE, .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .handle = CONTROL, .size = EMPTY,
	  .state = CONTROLLED, .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .handle = CONTROL, .size = 1025,
	  .want = ZX_ERR_OUT_OF_RANGE, .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .handle = CONTROL, .size = HUGE,
	  .want = ZX_ERR_OUT_OF_RANGE, .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .handle = CONTROL, .size = 1025,
	  .state = ALONE, .want = ZX_ERR_OUT_OF_RANGE, .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .handle = CONTROL, .size = 1025,
	  .state = CONTROLLED, .want = ZX_ERR_OUT_OF_RANGE, .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .handle = CONTROL, .size = 1025,
	  .buffer = NOWHERE, .want = ZX_ERR_OUT_OF_RANGE, .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .handle = CONTROL, .state = ALONE,
	  .want = ZX_ERR_PEER_CLOSED, .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .handle = CONTROL, .state = ALONE,
	  .buffer = NOWHERE, .want = ZX_ERR_PEER_CLOSED, .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .handle = CONTROL, .state = CONTROLLED,
	  .want = ZX_ERR_SHOULD_WAIT, .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .handle = CONTROL, .state = CONTROLLED,
	  .buffer = NOWHERE, .want = ZX_ERR_SHOULD_WAIT, .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .handle = CONTROL, .state = DISABLED,
	  .want = ZX_OK, .differs = true),
	R(SOCKET_WRITE, .options = ZX_SOCKET_CONTROL, .handle = CONTROL, .buffer = NOWHERE,
	  .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(SOCKET_READ, .options = ZX_SOCKET_CONTROL, .want = ZX_ERR_BAD_STATE, .differs = true),
	R(SOCKET_READ, .options = ZX_SOCKET_CONTROL, .state = ALONE, .want = ZX_ERR_BAD_STATE,
	  .differs = true),
	R(SOCKET_READ, .options = ZX_SOCKET_CONTROL, .buffer = NOWHERE, .want = ZX_ERR_BAD_STATE,
	  .differs = true),
	R(SOCKET_READ, .options = ZX_SOCKET_CONTROL, .handle = CONTROL, .want = ZX_ERR_SHOULD_WAIT,
	  .differs = true),
	R(SOCKET_READ, .options = ZX_SOCKET_CONTROL, .handle = CONTROL, .state = ALONE,
	  .want = ZX_ERR_SHOULD_WAIT, .differs = true),
	R(SOCKET_READ, .options = ZX_SOCKET_CONTROL, .handle = CONTROL, .buffer = NOWHERE,
	  .want = ZX_ERR_SHOULD_WAIT, .differs = true),
	R(SOCKET_READ, .options = ZX_SOCKET_CONTROL, .handle = CONTROL, .state = CONTROLLED,
	  .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(SOCKET_READ, .options = ZX_SOCKET_CONTROL, .handle = CONTROL,
	  .state = CONTROLLED | ALONE, .want = ZX_OK, .differs = true),

	/* zx_socket_set_disposition(): the values; handle, type, right; unread bytes */
	R(SOCKET_SET_DISPOSITION, .disposition = 3, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_SET_DISPOSITION, .disposition = 4, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_SET_DISPOSITION, .disposition = ~0u, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_SET_DISPOSITION, .disposition_peer = 3, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_SET_DISPOSITION, .disposition_peer = 4, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_SET_DISPOSITION, .disposition = 3, .handle = BAD, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_SET_DISPOSITION, .disposition_peer = 3, .handle = BAD,
	  .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_SET_DISPOSITION, .disposition = 3, .handle = EVENT, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_SET_DISPOSITION, .disposition = 3, .without = ZX_RIGHT_MANAGE_SOCKET,
	  .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_SET_DISPOSITION, .disposition = 3, .state = ALONE, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_SET_DISPOSITION, .disposition = OFF, .disposition_peer = 3,
	  .want = ZX_ERR_INVALID_ARGS, .look = true, .signals = ZX_SOCKET_WRITABLE,
	  .peer_signals = ZX_SOCKET_WRITABLE),
	R(SOCKET_SET_DISPOSITION, .disposition = ON, .disposition_peer = 3,
	  .state = STARTED | DISABLED, .want = ZX_ERR_INVALID_ARGS),
	R(SOCKET_SET_DISPOSITION, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(SOCKET_SET_DISPOSITION, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(SOCKET_SET_DISPOSITION, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(SOCKET_SET_DISPOSITION, .handle = BAD, .disposition = OFF, .want = ZX_ERR_BAD_HANDLE),
	R(SOCKET_SET_DISPOSITION, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(SOCKET_SET_DISPOSITION, .handle = EVENT, .disposition_peer = OFF,
	  .want = ZX_ERR_WRONG_TYPE),
	R(SOCKET_SET_DISPOSITION, .without = ZX_RIGHT_MANAGE_SOCKET, .want = ZX_ERR_ACCESS_DENIED),
	R(SOCKET_SET_DISPOSITION, .without = ZX_RIGHT_MANAGE_SOCKET, .disposition = ON,
	  .state = STARTED | DISABLED, .want = ZX_ERR_ACCESS_DENIED),
	R(SOCKET_SET_DISPOSITION, .without = ZX_RIGHT_MANAGE_SOCKET, .disposition = OFF,
	  .state = ALONE, .want = ZX_ERR_ACCESS_DENIED),
	R(SOCKET_SET_DISPOSITION, .disposition = ON, .state = STARTED | DISABLED,
	  .want = ZX_ERR_BAD_STATE, .look = true, .signals = ZX_SOCKET_WRITE_DISABLED,
	  .peer_signals = ZX_SOCKET_READABLE | ZX_SOCKET_WRITABLE | ZX_SOCKET_PEER_WRITE_DISABLED),
	R(SOCKET_SET_DISPOSITION, .disposition_peer = ON, .state = UNREAD | PEER_DISABLED,
	  .want = ZX_ERR_BAD_STATE, .look = true, .peer_signals = ZX_SOCKET_WRITE_DISABLED,
	  .signals = ZX_SOCKET_READABLE | ZX_SOCKET_WRITABLE | ZX_SOCKET_PEER_WRITE_DISABLED),
	R(SOCKET_SET_DISPOSITION, .disposition = OFF, .disposition_peer = ON,
	  .state = UNREAD | PEER_DISABLED, .want = ZX_ERR_BAD_STATE, .look = true,
	  .signals = ZX_SOCKET_READABLE | ZX_SOCKET_WRITABLE | ZX_SOCKET_PEER_WRITE_DISABLED,
	  .peer_signals = ZX_SOCKET_WRITE_DISABLED),
	R(SOCKET_SET_DISPOSITION, .disposition = ON, .disposition_peer = OFF,
	  .state = STARTED | DISABLED, .want = ZX_ERR_BAD_STATE, .look = true,
	  .signals = ZX_SOCKET_WRITE_DISABLED,
	  .peer_signals = ZX_SOCKET_READABLE | ZX_SOCKET_WRITABLE | ZX_SOCKET_PEER_WRITE_DISABLED),
	R(SOCKET_SET_DISPOSITION, .disposition_peer = ON, .state = UNREAD | PEER_DISABLED | ALONE,
	  .want = ZX_ERR_BAD_STATE, .look = true,
	  .signals = ZX_SOCKET_READABLE | ZX_SOCKET_PEER_CLOSED | ZX_SOCKET_PEER_WRITE_DISABLED),
	/* The effect on the signals. */
	R(SOCKET_SET_DISPOSITION, .want = ZX_OK, .look = true, .signals = ZX_SOCKET_WRITABLE,
	  .peer_signals = ZX_SOCKET_WRITABLE),
	R(SOCKET_SET_DISPOSITION, .disposition = OFF, .want = ZX_OK, .look = true,
	  .signals = ZX_SOCKET_WRITE_DISABLED,
	  .peer_signals = ZX_SOCKET_WRITABLE | ZX_SOCKET_PEER_WRITE_DISABLED),
	R(SOCKET_SET_DISPOSITION, .disposition_peer = OFF, .want = ZX_OK, .look = true,
	  .signals = ZX_SOCKET_WRITABLE | ZX_SOCKET_PEER_WRITE_DISABLED,
	  .peer_signals = ZX_SOCKET_WRITE_DISABLED),
	R(SOCKET_SET_DISPOSITION, .disposition = ON, .state = DISABLED, .want = ZX_OK, .look = true,
	  .signals = ZX_SOCKET_WRITABLE, .peer_signals = ZX_SOCKET_WRITABLE),
	R(SOCKET_SET_DISPOSITION, .disposition = ON, .state = STARTED, .want = ZX_OK, .look = true,
	  .signals = ZX_SOCKET_WRITABLE, .peer_signals = ZX_SOCKET_READABLE | ZX_SOCKET_WRITABLE),
	/* Zircon raises ZX_SOCKET_WRITABLE on the full endpoint. */
	R(SOCKET_SET_DISPOSITION, .disposition = ON, .state = FULL, .want = ZX_OK, .look = true,
	  .peer_signals = ZX_SOCKET_READABLE | ZX_SOCKET_WRITABLE, .differs = true),
	R(SOCKET_SET_DISPOSITION, .disposition_peer = ON, .state = CRAMMED, .want = ZX_OK,
	  .look = true, .signals = ZX_SOCKET_READABLE | ZX_SOCKET_WRITABLE, .differs = true),
	R(SOCKET_SET_DISPOSITION, .disposition = OFF, .state = FULL, .want = ZX_OK, .look = true,
	  .signals = ZX_SOCKET_WRITE_DISABLED,
	  .peer_signals = ZX_SOCKET_READABLE | ZX_SOCKET_WRITABLE | ZX_SOCKET_PEER_WRITE_DISABLED),
	R(SOCKET_SET_DISPOSITION, .state = ALONE, .want = ZX_OK, .look = true,
	  .signals = ZX_SOCKET_PEER_CLOSED),
	R(SOCKET_SET_DISPOSITION, .disposition = OFF, .state = ALONE, .want = ZX_OK, .look = true,
	  .signals = ZX_SOCKET_PEER_CLOSED | ZX_SOCKET_WRITE_DISABLED),
	R(SOCKET_SET_DISPOSITION, .disposition = ON, .state = ALONE, .want = ZX_OK, .look = true,
	  .signals = ZX_SOCKET_PEER_CLOSED | ZX_SOCKET_WRITABLE),
	R(SOCKET_SET_DISPOSITION, .disposition = ON, .state = ALONE, .handle = DATAGRAM,
	  .want = ZX_OK, .look = true, .signals = ZX_SOCKET_PEER_CLOSED | ZX_SOCKET_WRITABLE),
	R(SOCKET_SET_DISPOSITION, .disposition = ON, .state = DISABLED | ALONE, .want = ZX_OK,
	  .look = true, .signals = ZX_SOCKET_PEER_CLOSED | ZX_SOCKET_WRITABLE),
	R(SOCKET_SET_DISPOSITION, .disposition = ON, .state = STARTED | DISABLED | ALONE,
	  .want = ZX_OK, .look = true, .signals = ZX_SOCKET_PEER_CLOSED | ZX_SOCKET_WRITABLE),
	R(SOCKET_SET_DISPOSITION, .disposition_peer = OFF, .state = ALONE, .want = ZX_OK,
	  .look = true, .signals = ZX_SOCKET_PEER_CLOSED),
	R(SOCKET_SET_DISPOSITION, .disposition_peer = ON, .state = PEER_DISABLED | ALONE,
	  .want = ZX_OK, .look = true,
	  .signals = ZX_SOCKET_PEER_CLOSED | ZX_SOCKET_PEER_WRITE_DISABLED),

	/* zx_socket_shutdown(), which Zircon no longer has: as zx_socket_set_disposition() */
	R(SOCKET_SHUTDOWN, .options = 4, .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(SOCKET_SHUTDOWN, .options = 4, .handle = BAD, .want = ZX_ERR_INVALID_ARGS,
	  .differs = true),
	R(SOCKET_SHUTDOWN, .options = 4, .without = ZX_RIGHT_MANAGE_SOCKET,
	  .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(SOCKET_SHUTDOWN, .handle = BAD, .want = ZX_ERR_BAD_HANDLE, .differs = true),
	R(SOCKET_SHUTDOWN, .handle = EVENT, .options = 1, .want = ZX_ERR_WRONG_TYPE,
	  .differs = true),
	R(SOCKET_SHUTDOWN, .without = ZX_RIGHT_MANAGE_SOCKET, .options = 1,
	  .want = ZX_ERR_ACCESS_DENIED, .differs = true),
	R(SOCKET_SHUTDOWN, .without = ZX_RIGHT_MANAGE_SOCKET, .state = ALONE,
	  .want = ZX_ERR_ACCESS_DENIED, .differs = true),
	R(SOCKET_SHUTDOWN, .options = 3, .state = ALONE, .want = ZX_OK, .differs = true),

	/*
	 * zx_socket_share(), which Zircon no longer has, in its former order: handle, type, right;
	 * the socket to share, ZX_RIGHT_TRANSFER, its type; whether it may be shared at all;
	 * whether sockets can be shared here; peer closed; another one waits
	 */
	R(SOCKET_SHARE, .handle = BAD, .want = ZX_ERR_BAD_HANDLE, .differs = true),
	R(SOCKET_SHARE, .handle = BAD, .list = { LACKING }, .want = ZX_ERR_BAD_HANDLE,
	  .differs = true),
	R(SOCKET_SHARE, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE, .differs = true),
	R(SOCKET_SHARE, .handle = EVENT, .list = { LACKING }, .want = ZX_ERR_WRONG_TYPE,
	  .differs = true),
	R(SOCKET_SHARE, .handle = EVENT, .list = { FIXED }, .want = ZX_ERR_WRONG_TYPE,
	  .differs = true),
	R(SOCKET_SHARE, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_ACCESS_DENIED, .differs = true),
	R(SOCKET_SHARE, .without = ZX_RIGHT_WRITE, .list = { LACKING },
	  .want = ZX_ERR_ACCESS_DENIED, .differs = true),
	R(SOCKET_SHARE, .without = ZX_RIGHT_WRITE, .list = { FINE }, .want = ZX_ERR_ACCESS_DENIED,
	  .differs = true),
	R(SOCKET_SHARE, .without = ZX_RIGHT_WRITE, .list = { ITSELF }, .want = ZX_ERR_ACCESS_DENIED,
	  .differs = true),
	R(SOCKET_SHARE, .list = { LACKING }, .want = ZX_ERR_BAD_HANDLE, .differs = true),
	R(SOCKET_SHARE, .list = { ZERO }, .want = ZX_ERR_BAD_HANDLE, .differs = true),
	R(SOCKET_SHARE, .list = { LACKING }, .handle = SOCKET, .want = ZX_ERR_BAD_HANDLE,
	  .differs = true),
	R(SOCKET_SHARE, .list = { LACKING }, .state = ALONE, .want = ZX_ERR_BAD_HANDLE,
	  .differs = true),
	R(SOCKET_SHARE, .list = { FIXED }, .want = ZX_ERR_ACCESS_DENIED, .differs = true),
	R(SOCKET_SHARE, .list = { FIXED }, .handle = SOCKET, .want = ZX_ERR_ACCESS_DENIED,
	  .differs = true),
	R(SOCKET_SHARE, .list = { FINE }, .want = ZX_ERR_WRONG_TYPE, .differs = true),
	R(SOCKET_SHARE, .list = { FINE }, .handle = SOCKET, .want = ZX_ERR_WRONG_TYPE,
	  .differs = true),
	R(SOCKET_SHARE, .list = { FINE }, .state = ALONE, .want = ZX_ERR_WRONG_TYPE,
	  .differs = true),
	R(SOCKET_SHARE, .list = { SHARING }, .want = ZX_ERR_BAD_STATE, .differs = true),
	R(SOCKET_SHARE, .list = { SHARING }, .handle = SOCKET, .want = ZX_ERR_BAD_STATE,
	  .differs = true),
	R(SOCKET_SHARE, .list = { SHARING }, .state = ALONE, .want = ZX_ERR_BAD_STATE,
	  .differs = true),
	R(SOCKET_SHARE, .list = { ITSELF }, .want = ZX_ERR_BAD_STATE, .differs = true),
	R(SOCKET_SHARE, .list = { ITSELF }, .handle = SOCKET, .want = ZX_ERR_BAD_STATE,
	  .differs = true),
	R(SOCKET_SHARE, .list = { PEER }, .want = ZX_ERR_BAD_STATE, .differs = true),
	R(SOCKET_SHARE, .list = { PEER }, .handle = SOCKET, .want = ZX_ERR_BAD_STATE,
	  .differs = true),
	R(SOCKET_SHARE, .handle = SOCKET, .want = ZX_ERR_NOT_SUPPORTED, .differs = true),
	R(SOCKET_SHARE, .handle = SOCKET, .state = ALONE, .want = ZX_ERR_NOT_SUPPORTED,
	  .differs = true),
	R(SOCKET_SHARE, .state = ALONE, .want = ZX_ERR_PEER_CLOSED, .differs = true),
	R(SOCKET_SHARE, .state = SHARED, .want = ZX_ERR_SHOULD_WAIT, .differs = true),
	R(SOCKET_SHARE, .state = SHARED | ALONE, .want = ZX_ERR_PEER_CLOSED, .differs = true),

	/* zx_socket_accept(), no longer in Zircon: handle, type, right; the kind; empty; out */
	R(SOCKET_ACCEPT, .handle = BAD, .want = ZX_ERR_BAD_HANDLE, .differs = true),
	R(SOCKET_ACCEPT, .handle = BAD, .out = NOWHERE, .want = ZX_ERR_BAD_HANDLE, .differs = true),
	R(SOCKET_ACCEPT, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE, .differs = true),
	R(SOCKET_ACCEPT, .handle = EVENT, .out = NOWHERE, .want = ZX_ERR_WRONG_TYPE,
	  .differs = true),
	R(SOCKET_ACCEPT, .without = ZX_RIGHT_READ, .want = ZX_ERR_ACCESS_DENIED, .differs = true),
	R(SOCKET_ACCEPT, .without = ZX_RIGHT_READ, .handle = SOCKET, .want = ZX_ERR_ACCESS_DENIED,
	  .differs = true),
	R(SOCKET_ACCEPT, .without = ZX_RIGHT_READ, .state = ACCEPTABLE,
	  .want = ZX_ERR_ACCESS_DENIED, .differs = true),
	R(SOCKET_ACCEPT, .handle = SOCKET, .want = ZX_ERR_NOT_SUPPORTED, .differs = true),
	R(SOCKET_ACCEPT, .handle = SOCKET, .out = NOWHERE, .want = ZX_ERR_NOT_SUPPORTED,
	  .differs = true),
	R(SOCKET_ACCEPT, .want = ZX_ERR_SHOULD_WAIT, .differs = true),
	R(SOCKET_ACCEPT, .state = ALONE, .want = ZX_ERR_SHOULD_WAIT, .differs = true),
	R(SOCKET_ACCEPT, .out = NOWHERE, .want = ZX_ERR_SHOULD_WAIT, .differs = true),
	R(SOCKET_ACCEPT, .out = NOWHERE, .state = ACCEPTABLE, .want = ZX_ERR_INVALID_ARGS,
	  .differs = true),
	R(SOCKET_ACCEPT, .out = NIL, .state = ACCEPTABLE | ALONE, .want = ZX_ERR_INVALID_ARGS,
	  .differs = true),
	R(SOCKET_ACCEPT, .state = ACCEPTABLE | ALONE, .want = ZX_OK, .differs = true),

	/* zx_fifo_write(): handle, type, right; peer closed; sizes; full; the elements; actual */
	R(FIFO_WRITE, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(FIFO_WRITE, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(FIFO_WRITE, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(FIFO_WRITE, .handle = BAD, .elem_size = 7, .want = ZX_ERR_BAD_HANDLE),
	R(FIFO_WRITE, .handle = BAD, .elem_count = EMPTY, .want = ZX_ERR_BAD_HANDLE),
	R(FIFO_WRITE, .handle = BAD, .buffer = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(FIFO_WRITE, .handle = BAD, .actual = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(FIFO_WRITE, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(FIFO_WRITE, .handle = EVENT, .elem_size = 7, .want = ZX_ERR_WRONG_TYPE),
	R(FIFO_WRITE, .handle = EVENT, .buffer = NOWHERE, .want = ZX_ERR_WRONG_TYPE),
	R(FIFO_WRITE, .handle = CHANNEL, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_WRONG_TYPE),
	R(FIFO_WRITE, .handle = CHANNEL, .state = ALONE, .want = ZX_ERR_WRONG_TYPE),
	R(FIFO_WRITE, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_ACCESS_DENIED),
	R(FIFO_WRITE, .without = ZX_RIGHT_WRITE, .state = ALONE, .want = ZX_ERR_ACCESS_DENIED),
	R(FIFO_WRITE, .without = ZX_RIGHT_WRITE, .elem_size = 7, .want = ZX_ERR_ACCESS_DENIED),
	R(FIFO_WRITE, .without = ZX_RIGHT_WRITE, .state = FULL, .want = ZX_ERR_ACCESS_DENIED),
	R(FIFO_WRITE, .without = ZX_RIGHT_WRITE, .buffer = NOWHERE, .want = ZX_ERR_ACCESS_DENIED),
	R(FIFO_WRITE, .state = ALONE, .want = ZX_ERR_PEER_CLOSED),
	R(FIFO_WRITE, .state = ALONE, .elem_size = 7, .want = ZX_ERR_PEER_CLOSED),
	R(FIFO_WRITE, .state = ALONE, .elem_count = EMPTY, .want = ZX_ERR_PEER_CLOSED),
	R(FIFO_WRITE, .state = ALONE | FULL, .want = ZX_ERR_PEER_CLOSED),
	R(FIFO_WRITE, .state = ALONE, .buffer = NOWHERE, .want = ZX_ERR_PEER_CLOSED),
	R(FIFO_WRITE, .state = ALONE, .actual = NOWHERE, .want = ZX_ERR_PEER_CLOSED),
	R(FIFO_WRITE, .elem_size = 7, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_WRITE, .elem_size = EMPTY, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_WRITE, .elem_size = HUGE + 8, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_WRITE, .elem_count = EMPTY, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_WRITE, .elem_size = 7, .elem_count = EMPTY, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_WRITE, .elem_size = 7, .state = FULL, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_WRITE, .elem_count = EMPTY, .state = FULL, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_WRITE, .elem_size = 7, .buffer = NOWHERE, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_WRITE, .elem_count = EMPTY, .buffer = NIL, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_WRITE, .elem_size = 7, .actual = NOWHERE, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_WRITE, .state = FULL, .want = ZX_ERR_SHOULD_WAIT),
	R(FIFO_WRITE, .state = FULL, .buffer = NOWHERE, .want = ZX_ERR_SHOULD_WAIT),
	R(FIFO_WRITE, .state = FULL, .buffer = NIL, .want = ZX_ERR_SHOULD_WAIT),
	R(FIFO_WRITE, .state = FULL, .actual = NOWHERE, .want = ZX_ERR_SHOULD_WAIT),
	R(FIFO_WRITE, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(FIFO_WRITE, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(FIFO_WRITE, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(FIFO_WRITE, .buffer = NOWHERE, .actual = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	/* Zircon has written the elements then. */
	R(FIFO_WRITE, .actual = NOWHERE, .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(FIFO_WRITE, .actual = PARTLY, .want = ZX_ERR_INVALID_ARGS, .differs = true),
	R(FIFO_WRITE, .actual = NIL, .want = ZX_OK),

	/* zx_fifo_read(): handle, type, right; sizes; empty; the buffer; actual */
	R(FIFO_READ, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(FIFO_READ, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(FIFO_READ, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(FIFO_READ, .handle = BAD, .elem_size = 7, .want = ZX_ERR_BAD_HANDLE),
	R(FIFO_READ, .handle = BAD, .buffer = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(FIFO_READ, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(FIFO_READ, .handle = EVENT, .elem_count = EMPTY, .want = ZX_ERR_WRONG_TYPE),
	R(FIFO_READ, .handle = EVENT, .buffer = NOWHERE, .want = ZX_ERR_WRONG_TYPE),
	R(FIFO_READ, .handle = CHANNEL, .without = ZX_RIGHT_READ, .want = ZX_ERR_WRONG_TYPE),
	R(FIFO_READ, .handle = CHANNEL, .state = ALONE, .want = ZX_ERR_WRONG_TYPE),
	R(FIFO_READ, .without = ZX_RIGHT_READ, .want = ZX_ERR_ACCESS_DENIED),
	R(FIFO_READ, .without = ZX_RIGHT_READ, .elem_size = 7, .want = ZX_ERR_ACCESS_DENIED),
	R(FIFO_READ, .without = ZX_RIGHT_READ, .state = ALONE, .want = ZX_ERR_ACCESS_DENIED),
	R(FIFO_READ, .without = ZX_RIGHT_READ, .state = UNREAD, .buffer = NOWHERE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(FIFO_READ, .elem_size = 7, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_READ, .elem_size = EMPTY, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_READ, .elem_size = HUGE + 8, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_READ, .elem_count = EMPTY, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_READ, .elem_size = 7, .state = ALONE, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_READ, .elem_count = EMPTY, .state = ALONE, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_READ, .elem_size = 7, .state = UNREAD, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_READ, .elem_count = EMPTY, .state = UNREAD, .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_READ, .elem_size = 7, .state = UNREAD, .buffer = NOWHERE,
	  .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_READ, .elem_size = 7, .state = UNREAD, .actual = NOWHERE,
	  .want = ZX_ERR_OUT_OF_RANGE),
	R(FIFO_READ, .state = ALONE, .want = ZX_ERR_PEER_CLOSED),
	R(FIFO_READ, .state = ALONE, .buffer = NOWHERE, .want = ZX_ERR_PEER_CLOSED),
	R(FIFO_READ, .state = ALONE, .actual = NOWHERE, .want = ZX_ERR_PEER_CLOSED),
	R(FIFO_READ, .want = ZX_ERR_SHOULD_WAIT),
	R(FIFO_READ, .buffer = NOWHERE, .want = ZX_ERR_SHOULD_WAIT),
	R(FIFO_READ, .buffer = NIL, .want = ZX_ERR_SHOULD_WAIT),
	R(FIFO_READ, .actual = NOWHERE, .want = ZX_ERR_SHOULD_WAIT),
	R(FIFO_READ, .state = UNREAD, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(FIFO_READ, .state = UNREAD, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(FIFO_READ, .state = UNREAD, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(FIFO_READ, .state = UNREAD | ALONE, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	/* Zircon has removed the elements then. */
	R(FIFO_READ, .state = UNREAD, .actual = NOWHERE, .want = ZX_ERR_INVALID_ARGS,
	  .differs = true),
	R(FIFO_READ, .state = UNREAD, .actual = PARTLY, .want = ZX_ERR_INVALID_ARGS,
	  .differs = true),

	/* zx_port_queue(): handle, type, ZX_RIGHT_WRITE, packet, space */
	R(PORT_QUEUE, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(PORT_QUEUE, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(PORT_QUEUE, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(PORT_QUEUE, .handle = BAD, .buffer = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(PORT_QUEUE, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(PORT_QUEUE, .handle = EVENT, .buffer = NOWHERE, .want = ZX_ERR_WRONG_TYPE),
	R(PORT_QUEUE, .handle = CHANNEL, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_WRONG_TYPE),
	R(PORT_QUEUE, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_ACCESS_DENIED),
	R(PORT_QUEUE, .without = ZX_RIGHT_WRITE, .buffer = NOWHERE, .want = ZX_ERR_ACCESS_DENIED),
	R(PORT_QUEUE, .without = ZX_RIGHT_WRITE, .state = FULL, .want = ZX_ERR_ACCESS_DENIED),
	R(PORT_QUEUE, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(PORT_QUEUE, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(PORT_QUEUE, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(PORT_QUEUE, .buffer = NOWHERE, .state = FULL, .want = ZX_ERR_INVALID_ARGS),
	R(PORT_QUEUE, .buffer = READ_ONLY, .want = ZX_OK),
	/* In Zircon: an exception in the caller. */
	R(PORT_QUEUE, .state = FULL, .want = ZX_ERR_SHOULD_WAIT, .differs = true),

	/* zx_port_wait(): handle, type, ZX_RIGHT_READ, the wait, packet */
	R(PORT_WAIT, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(PORT_WAIT, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(PORT_WAIT, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(PORT_WAIT, .handle = BAD, .buffer = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(PORT_WAIT, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(PORT_WAIT, .handle = EVENT, .buffer = NOWHERE, .want = ZX_ERR_WRONG_TYPE),
	R(PORT_WAIT, .handle = CHANNEL, .without = ZX_RIGHT_READ, .want = ZX_ERR_WRONG_TYPE),
	R(PORT_WAIT, .without = ZX_RIGHT_READ, .want = ZX_ERR_ACCESS_DENIED),
	R(PORT_WAIT, .without = ZX_RIGHT_READ, .state = UNREAD, .want = ZX_ERR_ACCESS_DENIED),
	R(PORT_WAIT, .without = ZX_RIGHT_READ, .state = UNREAD, .buffer = NOWHERE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(PORT_WAIT, .want = ZX_ERR_TIMED_OUT),
	R(PORT_WAIT, .buffer = NIL, .want = ZX_ERR_TIMED_OUT),
	R(PORT_WAIT, .buffer = NOWHERE, .want = ZX_ERR_TIMED_OUT),
	R(PORT_WAIT, .state = UNREAD, .want = ZX_OK),
	R(PORT_WAIT, .state = CRAMMED, .want = ZX_OK),
	/* Zircon has removed the packet then. */
	R(PORT_WAIT, .state = UNREAD, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS,
	  .differs = true),
	R(PORT_WAIT, .state = UNREAD, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS,
	  .differs = true),
	R(PORT_WAIT, .state = UNREAD, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS,
	  .differs = true),
	R(PORT_WAIT, .state = UNREAD, .buffer = READ_ONLY, .want = ZX_ERR_INVALID_ARGS,
	  .differs = true),

	/* zx_port_cancel(): port, its type, ZX_RIGHT_WRITE, source, ZX_RIGHT_WAIT, what is found */
	R(PORT_CANCEL, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(PORT_CANCEL, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(PORT_CANCEL, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(PORT_CANCEL, .handle = BAD, .list = { DEAF }, .want = ZX_ERR_BAD_HANDLE),
	R(PORT_CANCEL, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(PORT_CANCEL, .handle = EVENT, .list = { LACKING }, .want = ZX_ERR_WRONG_TYPE),
	R(PORT_CANCEL, .handle = CHANNEL, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_WRONG_TYPE),
	R(PORT_CANCEL, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_ACCESS_DENIED),
	R(PORT_CANCEL, .without = ZX_RIGHT_WRITE, .list = { LACKING },
	  .want = ZX_ERR_ACCESS_DENIED),
	R(PORT_CANCEL, .list = { LACKING }, .want = ZX_ERR_BAD_HANDLE),
	R(PORT_CANCEL, .list = { ZERO }, .want = ZX_ERR_BAD_HANDLE),
	R(PORT_CANCEL, .list = { DEAF }, .want = ZX_ERR_ACCESS_DENIED),
	R(PORT_CANCEL, .list = { ITSELF }, .want = ZX_ERR_ACCESS_DENIED),
	R(PORT_CANCEL, .want = ZX_ERR_NOT_FOUND),
	/* Packets of zx_port_queue() have no source. */
	R(PORT_CANCEL, .state = UNREAD, .want = ZX_ERR_NOT_FOUND),

	/* zx_port_cancel_key(): options, port, its type, ZX_RIGHT_WRITE, what is found */
	R(PORT_CANCEL_KEY, .options = 1, .want = ZX_ERR_INVALID_ARGS),
	R(PORT_CANCEL_KEY, .options = 1u << 31, .state = UNREAD, .want = ZX_ERR_INVALID_ARGS),
	R(PORT_CANCEL_KEY, .options = 1, .handle = BAD, .want = ZX_ERR_INVALID_ARGS),
	R(PORT_CANCEL_KEY, .options = 1, .handle = EVENT, .want = ZX_ERR_INVALID_ARGS),
	R(PORT_CANCEL_KEY, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(PORT_CANCEL_KEY, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(PORT_CANCEL_KEY, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(PORT_CANCEL_KEY, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(PORT_CANCEL_KEY, .handle = CHANNEL, .without = ZX_RIGHT_WRITE,
	  .want = ZX_ERR_WRONG_TYPE),
	R(PORT_CANCEL_KEY, .without = ZX_RIGHT_WRITE, .state = UNREAD,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(PORT_CANCEL_KEY, .want = ZX_ERR_NOT_FOUND),
	R(PORT_CANCEL_KEY, .number = 1, .state = UNREAD, .want = ZX_ERR_NOT_FOUND),
	R(PORT_CANCEL_KEY, .state = UNREAD, .want = ZX_OK),

	/* Calls that need no kernel. zx_clock_get() is older than Zircon's present clocks. */
	R(CLOCK_GET, .options = 2, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_GET, .options = ~0u, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_GET, .options = 2, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_GET, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_GET, .options = ZX_CLOCK_BOOT, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(NANOSLEEP, .want = ZX_OK),
	/* The process ends. */
	R(CPRNG_DRAW, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(CPRNG_DRAW, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(CPRNG_DRAW, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(CPRNG_DRAW, .buffer = NOWHERE, .size = EMPTY, .want = ZX_OK),

	/* zx_system_barrier() */
	R(SYSTEM_BARRIER, .options = 2, .want = ZX_ERR_INVALID_ARGS),
	R(SYSTEM_BARRIER, .options = ~0u, .want = ZX_ERR_INVALID_ARGS),

	/* zx_timer_create(): clock, options, out */
	R(TIMER_CREATE, .topic = 2, .want = ZX_ERR_INVALID_ARGS),
	R(TIMER_CREATE, .topic = ~0u, .want = ZX_ERR_INVALID_ARGS),
	R(TIMER_CREATE, .options = 3, .want = ZX_ERR_INVALID_ARGS),
	R(TIMER_CREATE, .options = ~0u, .topic = 2, .want = ZX_ERR_INVALID_ARGS),
	R(TIMER_CREATE, .options = 3, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(TIMER_CREATE, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(TIMER_CREATE, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(TIMER_CREATE, .out = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(TIMER_CREATE, .out = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),

	/* zx_timer_set(): slack, handle, type, ZX_RIGHT_WRITE */
	R(TIMER_SET, .number = -1ull, .want = ZX_ERR_OUT_OF_RANGE),
	R(TIMER_SET, .handle = BAD, .number = -1ull, .want = ZX_ERR_OUT_OF_RANGE),
	R(TIMER_SET, .handle = EVENT, .number = -1ull, .want = ZX_ERR_OUT_OF_RANGE),
	R(TIMER_SET, .without = ZX_RIGHT_WRITE, .number = -1ull, .want = ZX_ERR_OUT_OF_RANGE),
	R(TIMER_SET, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(TIMER_SET, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(TIMER_SET, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(TIMER_SET, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(TIMER_SET, .handle = COUNTER, .want = ZX_ERR_WRONG_TYPE),
	R(TIMER_SET, .handle = COUNTER, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_WRONG_TYPE),
	R(TIMER_SET, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_ACCESS_DENIED),
	R(TIMER_SET, .without = ZX_RIGHT_SIGNAL | ZX_RIGHT_WAIT, .want = ZX_OK),

	/* zx_timer_cancel(): handle, type, ZX_RIGHT_WRITE */
	R(TIMER_CANCEL, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(TIMER_CANCEL, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(TIMER_CANCEL, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(TIMER_CANCEL, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(TIMER_CANCEL, .handle = COUNTER, .want = ZX_ERR_WRONG_TYPE),
	R(TIMER_CANCEL, .handle = COUNTER, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_WRONG_TYPE),
	R(TIMER_CANCEL, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_ACCESS_DENIED),

	/* zx_counter_create(): options, out */
	R(COUNTER_CREATE, .options = 1, .want = ZX_ERR_INVALID_ARGS),
	R(COUNTER_CREATE, .options = ~0u, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(COUNTER_CREATE, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(COUNTER_CREATE, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(COUNTER_CREATE, .out = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),

	/* zx_counter_read(): NULL, handle, type, ZX_RIGHT_READ, the address */
	R(COUNTER_READ, .handle = BAD, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(COUNTER_READ, .handle = EVENT, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(COUNTER_READ, .without = ZX_RIGHT_READ, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(COUNTER_READ, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(COUNTER_READ, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(COUNTER_READ, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(COUNTER_READ, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(COUNTER_READ, .handle = TIMER, .want = ZX_ERR_WRONG_TYPE),
	R(COUNTER_READ, .handle = BAD, .buffer = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(COUNTER_READ, .handle = EVENT, .buffer = NOWHERE, .want = ZX_ERR_WRONG_TYPE),
	R(COUNTER_READ, .handle = TIMER, .without = ZX_RIGHT_WAIT, .want = ZX_ERR_WRONG_TYPE),
	R(COUNTER_READ, .without = ZX_RIGHT_READ, .want = ZX_ERR_ACCESS_DENIED),
	R(COUNTER_READ, .without = ZX_RIGHT_READ, .buffer = NOWHERE, .want = ZX_ERR_ACCESS_DENIED),
	R(COUNTER_READ, .without = ZX_RIGHT_WRITE, .want = ZX_OK),
	R(COUNTER_READ, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(COUNTER_READ, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(COUNTER_READ, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(COUNTER_READ, .buffer = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),

	/* zx_counter_write(): handle, type, ZX_RIGHT_WRITE */
	R(COUNTER_WRITE, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(COUNTER_WRITE, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(COUNTER_WRITE, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(COUNTER_WRITE, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(COUNTER_WRITE, .handle = TIMER, .want = ZX_ERR_WRONG_TYPE),
	R(COUNTER_WRITE, .handle = TIMER, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_WRONG_TYPE),
	R(COUNTER_WRITE, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_ACCESS_DENIED),
	R(COUNTER_WRITE, .without = ZX_RIGHT_READ, .want = ZX_OK),

	/* zx_counter_add(): handle, type, ZX_RIGHT_READ and ZX_RIGHT_WRITE */
	R(COUNTER_ADD, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(COUNTER_ADD, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(COUNTER_ADD, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(COUNTER_ADD, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(COUNTER_ADD, .handle = TIMER, .want = ZX_ERR_WRONG_TYPE),
	R(COUNTER_ADD, .handle = TIMER, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_WRONG_TYPE),
	R(COUNTER_ADD, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_ACCESS_DENIED),
	R(COUNTER_ADD, .without = ZX_RIGHT_READ, .want = ZX_ERR_ACCESS_DENIED),
	R(COUNTER_ADD, .without = ZX_RIGHT_SIGNAL, .want = ZX_OK),

	/* zx_clock_create(): version, arguments, options, backstop, out */
	R(CLOCK_CREATE, .args = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .args = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .number = V1, .want = ZX_OK),
	R(CLOCK_CREATE, .number = V1, .args = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .number = V1, .args = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .number = V1, .args = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .number = V1, .args = READ_ONLY, .want = ZX_OK),
	R(CLOCK_CREATE, .number = V2, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .number = ZX_CLOCK_ARGS_VERSION(63), .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .number = 1 << 5, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .number = 1ull << 57, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .number = ~0ull, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .number = 1 << 5, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .number = ZX_CLOCK_OPT_CONTINUOUS, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .number = ZX_CLOCK_OPT_CONTINUOUS | ZX_CLOCK_OPT_MONOTONIC,
	  .want = ZX_OK),
	R(CLOCK_CREATE, .number = ZX_CLOCK_OPT_BOOT | ZX_CLOCK_OPT_AUTO_START, .want = ZX_OK),
	R(CLOCK_CREATE, .number = V1, .value = -1, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .number = V1, .value = INT64_MIN, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .number = V1, .value = INT64_MAX, .want = ZX_OK),
	R(CLOCK_CREATE, .number = V1 | ZX_CLOCK_OPT_AUTO_START, .value = INT64_MAX,
	  .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .number = V1 | ZX_CLOCK_OPT_AUTO_START, .value = -1,
	  .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .number = V1 | ZX_CLOCK_OPT_AUTO_START, .value = 1, .want = ZX_OK),
	R(CLOCK_CREATE, .number = ZX_CLOCK_OPT_MAPPABLE | 1 << 5, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .number = ZX_CLOCK_OPT_MAPPABLE | ZX_CLOCK_OPT_CONTINUOUS,
	  .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .number = V1 | ZX_CLOCK_OPT_MAPPABLE, .value = -1,
	  .want = ZX_ERR_INVALID_ARGS),
	/* ZX_OK */
	R(CLOCK_CREATE, .number = ZX_CLOCK_OPT_MAPPABLE, .want = ZX_ERR_NOT_SUPPORTED,
	  .differs = true),
	R(CLOCK_CREATE, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .out = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_CREATE, .out = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),

	/* zx_clock_read(): handle, type, ZX_RIGHT_READ, the address */
	R(CLOCK_READ, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(CLOCK_READ, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(CLOCK_READ, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(CLOCK_READ, .handle = BAD, .buffer = NIL, .want = ZX_ERR_BAD_HANDLE),
	R(CLOCK_READ, .handle = BAD, .buffer = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(CLOCK_READ, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(CLOCK_READ, .handle = TIMER, .want = ZX_ERR_WRONG_TYPE),
	R(CLOCK_READ, .handle = COUNTER, .want = ZX_ERR_WRONG_TYPE),
	R(CLOCK_READ, .handle = EVENT, .buffer = NIL, .want = ZX_ERR_WRONG_TYPE),
	R(CLOCK_READ, .handle = EVENT, .buffer = NOWHERE, .want = ZX_ERR_WRONG_TYPE),
	R(CLOCK_READ, .handle = COUNTER, .without = ZX_RIGHT_READ, .want = ZX_ERR_WRONG_TYPE),
	R(CLOCK_READ, .without = ZX_RIGHT_READ, .want = ZX_ERR_ACCESS_DENIED),
	R(CLOCK_READ, .without = ZX_RIGHT_READ, .buffer = NIL, .want = ZX_ERR_ACCESS_DENIED),
	R(CLOCK_READ, .without = ZX_RIGHT_READ, .buffer = NOWHERE, .want = ZX_ERR_ACCESS_DENIED),
	R(CLOCK_READ, .without = ZX_RIGHT_WRITE | ZX_RIGHT_INSPECT, .want = ZX_OK),
	R(CLOCK_READ, .handle = CONTINUOUS, .want = ZX_OK),
	R(CLOCK_READ, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_READ, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_READ, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_READ, .buffer = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),

	/* zx_clock_get_details(): options, NULL, handle, type, ZX_RIGHT_READ, the address */
	R(CLOCK_GET_DETAILS, .number = 1, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_GET_DETAILS, .number = V1 | 1, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_GET_DETAILS, .number = V2, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_GET_DETAILS, .handle = BAD, .number = V2, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_GET_DETAILS, .handle = EVENT, .number = V1 | 1, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_GET_DETAILS, .without = ZX_RIGHT_READ, .number = V2,
	  .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_GET_DETAILS, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_GET_DETAILS, .handle = BAD, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_GET_DETAILS, .handle = EVENT, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_GET_DETAILS, .without = ZX_RIGHT_READ, .buffer = NIL,
	  .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_GET_DETAILS, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(CLOCK_GET_DETAILS, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(CLOCK_GET_DETAILS, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(CLOCK_GET_DETAILS, .handle = BAD, .buffer = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(CLOCK_GET_DETAILS, .handle = TIMER, .want = ZX_ERR_WRONG_TYPE),
	R(CLOCK_GET_DETAILS, .handle = EVENT, .buffer = NOWHERE, .want = ZX_ERR_WRONG_TYPE),
	R(CLOCK_GET_DETAILS, .handle = COUNTER, .without = ZX_RIGHT_READ,
	  .want = ZX_ERR_WRONG_TYPE),
	R(CLOCK_GET_DETAILS, .without = ZX_RIGHT_READ, .want = ZX_ERR_ACCESS_DENIED),
	R(CLOCK_GET_DETAILS, .without = ZX_RIGHT_READ, .buffer = NOWHERE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(CLOCK_GET_DETAILS, .without = ZX_RIGHT_WRITE | ZX_RIGHT_INSPECT, .want = ZX_OK),
	R(CLOCK_GET_DETAILS, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_GET_DETAILS, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_GET_DETAILS, .buffer = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),

	/*
	 * zx_clock_update(): NULL, version, arguments, options, range of the rate, handle, type,
	 * ZX_RIGHT_WRITE, the reference, whether it is started, then what its own options forbid
	 */
	R(CLOCK_UPDATE, .args = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .handle = BAD, .args = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .handle = EVENT, .args = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .without = ZX_RIGHT_WRITE, .args = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .number = SET, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .number = ZX_CLOCK_ARGS_VERSION(3) | SET, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .handle = BAD, .number = SET, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .handle = EVENT, .number = ZX_CLOCK_ARGS_VERSION(3) | SET,
	  .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .without = ZX_RIGHT_WRITE, .number = SET, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .args = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .args = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .args = READ_ONLY, .want = ZX_OK),
	R(CLOCK_UPDATE, .number = V1 | SET, .args = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	/* Enough for version 1. */
	R(CLOCK_UPDATE, .number = V1 | SET, .args = PARTLY, .want = ZX_OK),
	R(CLOCK_UPDATE, .handle = BAD, .args = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .handle = EVENT, .args = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .without = ZX_RIGHT_WRITE, .args = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .number = V1, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .number = V2, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .number = V2 | SET | 1 << 4, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .number = V2 | SET | 1ull << 57, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .handle = BAD, .number = V2, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .handle = EVENT, .number = V1 | SET | 1 << 4,
	  .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .without = ZX_RIGHT_WRITE, .number = V1, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .number = V2 | SET | RATE, .value = 1000, .want = ZX_OK),
	R(CLOCK_UPDATE, .number = V1 | SET | RATE, .value = -1000, .want = ZX_OK),
	R(CLOCK_UPDATE, .number = V2 | SET | RATE, .value = 1001, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .number = V1 | SET | RATE, .value = -1001, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .number = V2 | SET, .value = 1001, .want = ZX_OK),
	R(CLOCK_UPDATE, .handle = BAD, .number = V2 | RATE, .value = 1001,
	  .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .handle = EVENT, .number = V1 | RATE, .value = -1001,
	  .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .without = ZX_RIGHT_WRITE, .number = V2 | RATE, .value = 1001,
	  .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(CLOCK_UPDATE, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(CLOCK_UPDATE, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(CLOCK_UPDATE, .handle = BAD, .number = V1 | SET | REF, .want = ZX_ERR_BAD_HANDLE),
	R(CLOCK_UPDATE, .handle = BAD, .number = V2 | REF, .want = ZX_ERR_BAD_HANDLE),
	R(CLOCK_UPDATE, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(CLOCK_UPDATE, .handle = TIMER, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_WRONG_TYPE),
	R(CLOCK_UPDATE, .handle = COUNTER, .number = V1 | SET | REF, .want = ZX_ERR_WRONG_TYPE),
	R(CLOCK_UPDATE, .handle = TIMER, .number = V2 | REF | ERROR, .want = ZX_ERR_WRONG_TYPE),
	R(CLOCK_UPDATE, .without = ZX_RIGHT_WRITE, .want = ZX_ERR_ACCESS_DENIED),
	R(CLOCK_UPDATE, .without = ZX_RIGHT_WRITE, .number = V1 | SET | REF,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(CLOCK_UPDATE, .without = ZX_RIGHT_WRITE, .number = V2 | RATE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(CLOCK_UPDATE, .handle = CONTINUOUS, .without = ZX_RIGHT_WRITE,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(CLOCK_UPDATE, .without = ZX_RIGHT_READ | ZX_RIGHT_SIGNAL, .want = ZX_OK),
	R(CLOCK_UPDATE, .number = V1 | SET | REF, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .number = V1 | RATE | REF, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .number = V2 | REF, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .number = V2 | REF | ERROR, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .number = V1 | RATE, .want = ZX_ERR_BAD_STATE),
	R(CLOCK_UPDATE, .number = V2 | RATE, .want = ZX_ERR_BAD_STATE),
	R(CLOCK_UPDATE, .number = V2 | RATE | REF, .want = ZX_ERR_BAD_STATE),
	R(CLOCK_UPDATE, .number = V2 | ERROR, .want = ZX_ERR_BAD_STATE),
	R(CLOCK_UPDATE, .number = V2 | SET | RATE | ERROR | REF, .want = ZX_OK),
	R(CLOCK_UPDATE, .handle = CONTINUOUS, .number = V1 | SET, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .handle = CONTINUOUS, .number = V2 | SET | REF,
	  .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .handle = CONTINUOUS, .number = V2 | RATE | ERROR, .want = ZX_OK),
	R(CLOCK_UPDATE, .handle = MONOTONE, .number = V2 | SET, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .handle = MONOTONE, .number = V2 | SET | REF, .want = ZX_OK),
	R(CLOCK_UPDATE, .handle = MONOTONE, .number = V2 | SET | RATE | REF,
	  .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .handle = MONOTONE, .number = V2 | RATE | REF,
	  .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .handle = MONOTONE, .number = V2 | RATE, .value = 1, .want = ZX_OK),
	/* To zero, which is earlier than it is. */
	R(CLOCK_UPDATE, .handle = MONOTONE, .number = V1 | SET, .want = ZX_ERR_INVALID_ARGS),
	R(CLOCK_UPDATE, .handle = MONOTONE, .number = V1 | ERROR, .want = ZX_OK),

	/* zx_task_kill(): handle, ZX_RIGHT_DESTROY, which only tasks have; then the type */
	R(TASK_KILL, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(TASK_KILL, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(TASK_KILL, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(TASK_KILL, .without = ZX_RIGHT_DESTROY, .want = ZX_ERR_ACCESS_DENIED),
	R(TASK_KILL, .handle = PROCESS, .without = ZX_RIGHT_DESTROY, .want = ZX_ERR_ACCESS_DENIED),
	R(TASK_KILL, .handle = EVENT, .want = ZX_ERR_ACCESS_DENIED),
	R(TASK_KILL, .handle = EVENTPAIR, .want = ZX_ERR_ACCESS_DENIED),
	R(TASK_KILL, .handle = CHANNEL, .want = ZX_ERR_ACCESS_DENIED),
	R(TASK_KILL, .handle = SOCKET, .want = ZX_ERR_ACCESS_DENIED),
	R(TASK_KILL, .handle = FIFO, .want = ZX_ERR_ACCESS_DENIED),
	R(TASK_KILL, .handle = TIMER, .want = ZX_ERR_ACCESS_DENIED),
	R(TASK_KILL, .handle = COUNTER, .want = ZX_ERR_ACCESS_DENIED),
	R(TASK_KILL, .handle = PORT, .want = ZX_ERR_ACCESS_DENIED),
	R(TASK_KILL, .handle = CLOCK, .want = ZX_ERR_ACCESS_DENIED),
	R(TASK_KILL, .handle = THREAD, .without = ZX_RIGHT_DESTROY, .want = ZX_ERR_ACCESS_DENIED),
	R(TASK_KILL, .handle = THREAD, .want = ZX_ERR_WRONG_TYPE),
	R(TASK_KILL, .handle = JOB, .without = ZX_RIGHT_DESTROY, .want = ZX_ERR_ACCESS_DENIED),
	R(TASK_KILL, .handle = DEFAULT, .want = ZX_ERR_ACCESS_DENIED),
	R(TASK_KILL, .handle = JOB, .want = ZX_OK),
	R(TASK_KILL, .handle = JOB, .state = OCCUPIED, .want = ZX_OK),
	R(TASK_KILL, .handle = JOB, .state = KILLED, .want = ZX_OK),
	R(TASK_KILL, .want = ZX_OK),

	/* zxl_process_pidfd(): options and out, handle, its type, ZX_RIGHT_INSPECT */
	R(PROCESS_PIDFD, .handle = BAD, .options = 1, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_PIDFD, .handle = BAD, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_PIDFD, .handle = EVENT, .options = 1, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_PIDFD, .handle = EVENT, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_PIDFD, .without = ZX_RIGHT_INSPECT, .options = 1, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_PIDFD, .without = ZX_RIGHT_INSPECT, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_PIDFD, .options = 1, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_PIDFD, .options = 1u << 31, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_PIDFD, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_PIDFD, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(PROCESS_PIDFD, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(PROCESS_PIDFD, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(PROCESS_PIDFD, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(PROCESS_PIDFD, .handle = EVENT, .without = ZX_RIGHT_INSPECT, .want = ZX_ERR_WRONG_TYPE),
	R(PROCESS_PIDFD, .handle = THREAD, .want = ZX_ERR_WRONG_TYPE),
	R(PROCESS_PIDFD, .without = ZX_RIGHT_INSPECT, .want = ZX_ERR_ACCESS_DENIED),
	R(PROCESS_PIDFD, .want = ZX_OK),
	R(PROCESS_PIDFD, .handle = IDLE, .want = ZX_OK),

	/* zx_thread_create(): options, name, handle, type, ZX_RIGHT_MANAGE_THREAD, out */
	R(THREAD_CREATE, .options = 1, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .options = 1u << 31, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .options = 1, .handle = BAD, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .options = 1, .handle = EVENT, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .options = 1, .without = ZX_RIGHT_MANAGE_THREAD,
	  .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .options = 1, .handle = IDLE, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .options = 1, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .buffer = NIL, .size = EMPTY, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .handle = BAD, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .handle = BAD, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .handle = EVENT, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .handle = EVENT, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .handle = IDLE, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .without = ZX_RIGHT_MANAGE_THREAD, .buffer = NOWHERE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(THREAD_CREATE, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(THREAD_CREATE, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(THREAD_CREATE, .handle = BAD, .out = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(THREAD_CREATE, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(THREAD_CREATE, .handle = THREAD, .want = ZX_ERR_WRONG_TYPE),
	R(THREAD_CREATE, .handle = THREAD, .without = ZX_RIGHT_MANAGE_THREAD,
	  .want = ZX_ERR_WRONG_TYPE),
	R(THREAD_CREATE, .handle = EVENT, .out = NOWHERE, .want = ZX_ERR_WRONG_TYPE),
	R(THREAD_CREATE, .without = ZX_RIGHT_MANAGE_THREAD, .want = ZX_ERR_ACCESS_DENIED),
	R(THREAD_CREATE, .without = ZX_RIGHT_MANAGE_THREAD, .out = NIL,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(THREAD_CREATE, .handle = IDLE, .without = ZX_RIGHT_MANAGE_THREAD,
	  .want = ZX_ERR_ACCESS_DENIED),
	/* No process makes threads in another. In Zircon: ZX_OK, and ZX_ERR_INVALID_ARGS. */
	R(THREAD_CREATE, .handle = IDLE, .want = ZX_ERR_NOT_SUPPORTED, .differs = true),
	R(THREAD_CREATE, .handle = IDLE, .out = NOWHERE, .want = ZX_ERR_NOT_SUPPORTED,
	  .differs = true),
	R(THREAD_CREATE, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .out = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .out = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_CREATE, .want = ZX_OK),
	R(THREAD_CREATE, .without = ZX_RIGHT_MANAGE_PROCESS, .want = ZX_OK),
	R(THREAD_CREATE, .buffer = READ_ONLY, .want = ZX_OK),
	R(THREAD_CREATE, .size = EMPTY, .want = ZX_OK),
	/* Only the first 32 bytes are read. */
	R(THREAD_CREATE, .size = HUGE, .want = ZX_OK),

	/* zx_thread_start(): handle, type, ZX_RIGHT_MANAGE_THREAD, the code, the state */
	R(THREAD_START, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(THREAD_START, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(THREAD_START, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(THREAD_START, .handle = BAD, .number = -4096ul, .want = ZX_ERR_BAD_HANDLE),
	R(THREAD_START, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(THREAD_START, .handle = PROCESS, .want = ZX_ERR_WRONG_TYPE),
	R(THREAD_START, .handle = PROCESS, .without = ZX_RIGHT_MANAGE_THREAD,
	  .want = ZX_ERR_WRONG_TYPE),
	R(THREAD_START, .handle = EVENT, .number = -4096ul, .want = ZX_ERR_WRONG_TYPE),
	R(THREAD_START, .without = ZX_RIGHT_MANAGE_THREAD, .want = ZX_ERR_ACCESS_DENIED),
	R(THREAD_START, .without = ZX_RIGHT_MANAGE_THREAD, .number = -4096ul,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(THREAD_START, .handle = THREAD, .without = ZX_RIGHT_MANAGE_THREAD,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(THREAD_START, .number = -4096ul, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_START, .handle = THREAD, .number = -4096ul, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_START, .handle = SIBLING, .number = -4096ul, .want = ZX_ERR_INVALID_ARGS),
	R(THREAD_START, .handle = THREAD, .want = ZX_ERR_BAD_STATE),
	R(THREAD_START, .handle = CHILD, .want = ZX_ERR_BAD_STATE),
	R(THREAD_START, .handle = SIBLING, .want = ZX_ERR_BAD_STATE),
	R(THREAD_START, .handle = ALIEN, .want = ZX_ERR_BAD_STATE),
	R(THREAD_START, .want = ZX_OK),
	R(THREAD_START, .without = ZX_RIGHT_WRITE | ZX_RIGHT_DESTROY, .want = ZX_OK),

	/*
	 * zx_futex_wait(): the address, the value there, the owner, which needs no rights; that it
	 * is a thread of the process that has begun, but not the caller; the wait
	 */
	R(FUTEX_WAIT, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_WAIT, .buffer = ODD, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_WAIT, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_WAIT, .handle = BAD, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_WAIT, .handle = BAD, .buffer = ODD, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_WAIT, .handle = BAD, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_WAIT, .handle = EVENT, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_WAIT, .other = true, .buffer = ODD, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_WAIT, .other = true, .handle = NONE, .want = ZX_ERR_BAD_STATE),
	R(FUTEX_WAIT, .other = true, .handle = BAD, .want = ZX_ERR_BAD_STATE),
	R(FUTEX_WAIT, .other = true, .handle = BENT, .want = ZX_ERR_BAD_STATE),
	R(FUTEX_WAIT, .other = true, .handle = EVENT, .want = ZX_ERR_BAD_STATE),
	R(FUTEX_WAIT, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(FUTEX_WAIT, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(FUTEX_WAIT, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(FUTEX_WAIT, .handle = PROCESS, .want = ZX_ERR_WRONG_TYPE),
	R(FUTEX_WAIT, .handle = NONE, .want = ZX_ERR_TIMED_OUT),
	R(FUTEX_WAIT, .other = true, .handle = UNSTARTED, .want = ZX_ERR_BAD_STATE),
	R(FUTEX_WAIT, .handle = UNSTARTED, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_WAIT, .handle = ALIEN, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_WAIT, .handle = THREAD, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_WAIT, .handle = CHILD, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_WAIT, .other = true, .want = ZX_ERR_BAD_STATE),
	R(FUTEX_WAIT, .other = true, .handle = THREAD, .want = ZX_ERR_BAD_STATE),
	R(FUTEX_WAIT, .want = ZX_ERR_TIMED_OUT),
	R(FUTEX_WAIT, .without = ZX_RIGHT_INSPECT | ZX_RIGHT_MANAGE_THREAD,
	  .want = ZX_ERR_TIMED_OUT),
	R(FUTEX_WAIT, .buffer = READ_ONLY, .want = ZX_ERR_TIMED_OUT),

	/* zx_futex_wake(): the address, of which nothing is read */
	R(FUTEX_WAKE, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_WAKE, .buffer = ODD, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_WAKE, .buffer = READ_ONLY, .want = ZX_OK),
	R(FUTEX_WAKE, .want = ZX_OK),

	/* zx_futex_requeue(): both addresses, the value, the owner, who may be the caller */
	R(FUTEX_REQUEUE, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_REQUEUE, .buffer = ODD, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_REQUEUE, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_REQUEUE, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_REQUEUE, .out = ODD, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_REQUEUE, .out = SAME, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_REQUEUE, .other = true, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_REQUEUE, .other = true, .out = ODD, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_REQUEUE, .other = true, .out = SAME, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_REQUEUE, .handle = BAD, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_REQUEUE, .handle = BAD, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_REQUEUE, .handle = EVENT, .out = SAME, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_REQUEUE, .other = true, .handle = NONE, .want = ZX_ERR_BAD_STATE),
	R(FUTEX_REQUEUE, .other = true, .handle = BAD, .want = ZX_ERR_BAD_STATE),
	R(FUTEX_REQUEUE, .other = true, .handle = EVENT, .want = ZX_ERR_BAD_STATE),
	R(FUTEX_REQUEUE, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(FUTEX_REQUEUE, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(FUTEX_REQUEUE, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(FUTEX_REQUEUE, .handle = PROCESS, .want = ZX_ERR_WRONG_TYPE),
	R(FUTEX_REQUEUE, .handle = NONE, .want = ZX_OK),
	R(FUTEX_REQUEUE, .other = true, .handle = UNSTARTED, .want = ZX_ERR_BAD_STATE),
	R(FUTEX_REQUEUE, .handle = UNSTARTED, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_REQUEUE, .handle = ALIEN, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_REQUEUE, .other = true, .handle = THREAD, .want = ZX_ERR_BAD_STATE),
	R(FUTEX_REQUEUE, .handle = THREAD, .want = ZX_OK),
	R(FUTEX_REQUEUE, .want = ZX_OK),
	R(FUTEX_REQUEUE, .without = ZX_RIGHT_INSPECT | ZX_RIGHT_MANAGE_THREAD, .want = ZX_OK),
	R(FUTEX_REQUEUE, .buffer = READ_ONLY, .want = ZX_OK),

	/* zx_futex_get_owner(): the address, the result */
	R(FUTEX_GET_OWNER, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_GET_OWNER, .buffer = ODD, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_GET_OWNER, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_GET_OWNER, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_GET_OWNER, .out = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_GET_OWNER, .out = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_GET_OWNER, .buffer = NIL, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(FUTEX_GET_OWNER, .buffer = READ_ONLY, .want = ZX_OK),
	R(FUTEX_GET_OWNER, .want = ZX_OK),

	/* zx_job_create(): options, handle, type, ZX_RIGHT_MANAGE_JOB, height, not killed, out */
	R(JOB_CREATE, .options = 1, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_CREATE, .options = 1u << 31, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_CREATE, .options = 1, .handle = BAD, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_CREATE, .options = 1, .handle = EVENT, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_CREATE, .options = 1, .without = ZX_RIGHT_MANAGE_JOB, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_CREATE, .options = 1, .handle = LEAF, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_CREATE, .options = 1, .state = KILLED, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_CREATE, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(JOB_CREATE, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(JOB_CREATE, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(JOB_CREATE, .handle = BAD, .out = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	R(JOB_CREATE, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(JOB_CREATE, .handle = PROCESS, .want = ZX_ERR_WRONG_TYPE),
	R(JOB_CREATE, .handle = EVENT, .out = NOWHERE, .want = ZX_ERR_WRONG_TYPE),
	R(JOB_CREATE, .without = ZX_RIGHT_MANAGE_JOB, .want = ZX_ERR_ACCESS_DENIED),
	R(JOB_CREATE, .without = ZX_RIGHT_MANAGE_JOB, .out = NIL, .want = ZX_ERR_ACCESS_DENIED),
	R(JOB_CREATE, .without = ZX_RIGHT_MANAGE_JOB, .handle = LEAF,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(JOB_CREATE, .without = ZX_RIGHT_MANAGE_JOB, .state = KILLED,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(JOB_CREATE, .handle = LEAF, .want = ZX_ERR_OUT_OF_RANGE),
	R(JOB_CREATE, .handle = LEAF, .out = NOWHERE, .want = ZX_ERR_OUT_OF_RANGE),
	R(JOB_CREATE, .handle = LEAF, .state = KILLED, .want = ZX_ERR_OUT_OF_RANGE),
	R(JOB_CREATE, .state = KILLED, .want = ZX_ERR_BAD_STATE),
	R(JOB_CREATE, .state = KILLED, .out = NOWHERE, .want = ZX_ERR_BAD_STATE),
	R(JOB_CREATE, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_CREATE, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_CREATE, .out = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_CREATE, .out = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_CREATE, .want = ZX_OK),
	R(JOB_CREATE, .state = OCCUPIED, .want = ZX_OK),
	R(JOB_CREATE, .without = ZX_RIGHT_MANAGE_PROCESS | ZX_RIGHT_DESTROY, .want = ZX_OK),
	R(JOB_CREATE, .handle = DEFAULT, .want = ZX_OK),

	/*
	 * zx_job_set_policy(): topic, options, pointer and count, the records are copied, handle,
	 * type, ZX_RIGHT_SET_POLICY, that the job is empty, the records
	 */
	R(JOB_SET_POLICY, .topic = 2, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = BASIC2 + 1, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = 2, .handle = BAD, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = 2, .state = OCCUPIED, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = BASIC1, .options = 2, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = BASIC2, .options = 2, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = SLACK, .options = ZX_JOB_POL_ABSOLUTE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .options = 2, .handle = BAD, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .options = 2, .handle = EVENT, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .options = 2, .state = OCCUPIED, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = BASIC1, .count = EMPTY, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = BASIC2, .count = EMPTY, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = SLACK, .count = EMPTY, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = SLACK, .count = 2, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = BASIC1, .count = 33, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = BASIC2, .count = 33, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .count = 33, .handle = BAD, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .count = EMPTY, .state = OCCUPIED, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = BASIC1, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = BASIC1, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = BASIC1, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = BASIC2, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = BASIC2, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = BASIC2, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = SLACK, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = SLACK, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = SLACK, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .handle = BAD, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .handle = EVENT, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .without = ZX_RIGHT_SET_POLICY, .buffer = NOWHERE,
	  .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .state = OCCUPIED, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = SLACK, .handle = BAD, .buffer = PARTLY,
	  .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(JOB_SET_POLICY, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(JOB_SET_POLICY, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(JOB_SET_POLICY, .handle = BAD, .value = 5, .want = ZX_ERR_BAD_HANDLE),
	R(JOB_SET_POLICY, .topic = SLACK, .handle = BAD, .value = -1, .want = ZX_ERR_BAD_HANDLE),
	R(JOB_SET_POLICY, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(JOB_SET_POLICY, .handle = PROCESS, .number = 99, .want = ZX_ERR_WRONG_TYPE),
	R(JOB_SET_POLICY, .topic = SLACK, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(JOB_SET_POLICY, .without = ZX_RIGHT_SET_POLICY, .want = ZX_ERR_ACCESS_DENIED),
	R(JOB_SET_POLICY, .without = ZX_RIGHT_SET_POLICY, .number = 99,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(JOB_SET_POLICY, .without = ZX_RIGHT_SET_POLICY, .state = OCCUPIED,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(JOB_SET_POLICY, .topic = SLACK, .without = ZX_RIGHT_SET_POLICY,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(JOB_SET_POLICY, .topic = SLACK, .without = ZX_RIGHT_SET_POLICY, .value = -1,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(JOB_SET_POLICY, .handle = DEFAULT, .want = ZX_ERR_ACCESS_DENIED),
	R(JOB_SET_POLICY, .state = OCCUPIED, .want = ZX_ERR_BAD_STATE),
	R(JOB_SET_POLICY, .state = OCCUPIED, .value = 5, .want = ZX_ERR_BAD_STATE),
	R(JOB_SET_POLICY, .state = OCCUPIED, .number = 99, .want = ZX_ERR_BAD_STATE),
	R(JOB_SET_POLICY, .state = OCCUPIED, .count = 19, .want = ZX_ERR_BAD_STATE),
	R(JOB_SET_POLICY, .state = OCCUPIED, .topic = SLACK, .want = ZX_ERR_BAD_STATE),
	R(JOB_SET_POLICY, .state = OCCUPIED, .topic = SLACK, .value = -1,
	  .want = ZX_ERR_BAD_STATE),
	R(JOB_SET_POLICY, .topic = BASIC1, .count = 19, .want = ZX_ERR_OUT_OF_RANGE),
	R(JOB_SET_POLICY, .topic = BASIC2, .count = 32, .want = ZX_ERR_OUT_OF_RANGE),
	R(JOB_SET_POLICY, .count = 19, .number = 99, .want = ZX_ERR_OUT_OF_RANGE),
	R(JOB_SET_POLICY, .count = 19, .value = 5, .want = ZX_ERR_OUT_OF_RANGE),
	R(JOB_SET_POLICY, .topic = BASIC1, .value = 5, .want = ZX_ERR_NOT_SUPPORTED),
	R(JOB_SET_POLICY, .topic = BASIC2, .value = 5, .want = ZX_ERR_NOT_SUPPORTED),
	R(JOB_SET_POLICY, .topic = BASIC1, .number = 18, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = BASIC2, .number = 99, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = BASIC2, .set = 2, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = SLACK, .value = -1, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = SLACK, .number = 3, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_POLICY, .topic = BASIC1, .state = DECIDED, .options = ZX_JOB_POL_ABSOLUTE,
	  .number = ZX_POL_NEW_EVENT, .want = ZX_ERR_ALREADY_EXISTS),
	R(JOB_SET_POLICY, .topic = BASIC2, .state = DECIDED, .options = ZX_JOB_POL_ABSOLUTE,
	  .number = ZX_POL_NEW_EVENT, .want = ZX_ERR_ALREADY_EXISTS),
	R(JOB_SET_POLICY, .state = DECIDED, .options = ZX_JOB_POL_RELATIVE,
	  .number = ZX_POL_NEW_EVENT, .want = ZX_OK),
	R(JOB_SET_POLICY, .state = DECIDED, .options = ZX_JOB_POL_ABSOLUTE,
	  .number = ZX_POL_NEW_EVENT, .value = ZX_POL_ACTION_DENY, .want = ZX_OK),
	R(JOB_SET_POLICY, .state = DECIDED, .options = ZX_JOB_POL_ABSOLUTE,
	  .number = ZX_POL_NEW_EVENT, .value = 5, .want = ZX_ERR_NOT_SUPPORTED),
	R(JOB_SET_POLICY, .topic = BASIC1, .want = ZX_OK),
	R(JOB_SET_POLICY, .topic = BASIC2, .count = 18, .want = ZX_OK),
	R(JOB_SET_POLICY, .topic = SLACK, .value = 1000, .number = 2, .want = ZX_OK),
	R(JOB_SET_POLICY, .topic = BASIC2, .buffer = READ_ONLY, .want = ZX_OK),
	R(JOB_SET_POLICY, .topic = SLACK, .buffer = READ_ONLY, .want = ZX_OK),
	R(JOB_SET_POLICY, .without = ZX_RIGHT_WRITE | ZX_RIGHT_DESTROY, .want = ZX_OK),

	/*
	 * zx_job_set_critical(): options; the job, its type, ZX_RIGHT_DESTROY; the process, its
	 * type, ZX_RIGHT_WAIT; whether it is critical to a job, and in this one
	 */
	R(JOB_SET_CRITICAL, .options = 2, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_CRITICAL, .options = 3, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_CRITICAL, .options = 2, .handle = BAD, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_CRITICAL, .options = 2, .handle = EVENT, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_CRITICAL, .options = 2, .list = { LACKING }, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_CRITICAL, .options = 2, .list = { BOUND }, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_CRITICAL, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(JOB_SET_CRITICAL, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(JOB_SET_CRITICAL, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(JOB_SET_CRITICAL, .handle = BAD, .list = { FINE }, .want = ZX_ERR_BAD_HANDLE),
	R(JOB_SET_CRITICAL, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(JOB_SET_CRITICAL, .handle = PROCESS, .without = ZX_RIGHT_DESTROY,
	  .want = ZX_ERR_WRONG_TYPE),
	R(JOB_SET_CRITICAL, .handle = EVENT, .list = { LACKING }, .want = ZX_ERR_WRONG_TYPE),
	R(JOB_SET_CRITICAL, .handle = EVENT, .list = { UNSEEN }, .want = ZX_ERR_WRONG_TYPE),
	R(JOB_SET_CRITICAL, .without = ZX_RIGHT_DESTROY, .want = ZX_ERR_ACCESS_DENIED),
	R(JOB_SET_CRITICAL, .without = ZX_RIGHT_DESTROY, .list = { LACKING },
	  .want = ZX_ERR_ACCESS_DENIED),
	R(JOB_SET_CRITICAL, .without = ZX_RIGHT_DESTROY, .list = { FINE },
	  .want = ZX_ERR_ACCESS_DENIED),
	R(JOB_SET_CRITICAL, .without = ZX_RIGHT_DESTROY, .list = { BOUND },
	  .want = ZX_ERR_ACCESS_DENIED),
	R(JOB_SET_CRITICAL, .handle = DEFAULT, .list = { STRANGER },
	  .want = ZX_ERR_ACCESS_DENIED),
	R(JOB_SET_CRITICAL, .list = { LACKING }, .want = ZX_ERR_BAD_HANDLE),
	R(JOB_SET_CRITICAL, .list = { ZERO }, .want = ZX_ERR_BAD_HANDLE),
	R(JOB_SET_CRITICAL, .list = { FINE }, .want = ZX_ERR_WRONG_TYPE),
	R(JOB_SET_CRITICAL, .list = { DEAF }, .want = ZX_ERR_WRONG_TYPE),
	R(JOB_SET_CRITICAL, .list = { ITSELF }, .want = ZX_ERR_WRONG_TYPE),
	R(JOB_SET_CRITICAL, .list = { UNSEEN }, .want = ZX_ERR_ACCESS_DENIED),
	R(JOB_SET_CRITICAL, .list = { BOUND }, .want = ZX_ERR_ALREADY_BOUND),
	R(JOB_SET_CRITICAL, .list = { STRANGER }, .want = ZX_ERR_INVALID_ARGS),
	R(JOB_SET_CRITICAL, .without = ZX_RIGHT_MANAGE_JOB | ZX_RIGHT_MANAGE_PROCESS,
	  .want = ZX_OK),
	R(JOB_SET_CRITICAL, .options = ZX_JOB_CRITICAL_PROCESS_RETCODE_NONZERO, .want = ZX_OK),
	R(JOB_SET_CRITICAL, .want = ZX_OK),

	/* zxl_root_job(): options, the caller's capabilities, out */
	R(ROOT_JOB, .options = 1, .want = ZX_ERR_INVALID_ARGS),
	R(ROOT_JOB, .options = 1u << 31, .want = ZX_ERR_INVALID_ARGS),
	R(ROOT_JOB, .options = 1, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(ROOT_JOB, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(ROOT_JOB, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(ROOT_JOB, .out = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(ROOT_JOB, .out = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),
	R(ROOT_JOB, .want = ZX_OK),

	/*
	 * ZXL_IOC_PROCESS_CREATE, in the order of zx_process_create(): options, name, the job, its
	 * type, ZX_RIGHT_MANAGE_PROCESS; the handle to pass; the state of job and thread; out
	 */
	R(PROCESS_CREATE, .options = 2, .want = ZX_ERR_INVALID_ARGS),
	/* To cancel: there is nothing, whatever the rest is. */
	R(PROCESS_CREATE, .options = 1, .want = ZX_ERR_NOT_FOUND),
	R(PROCESS_CREATE, .options = 1, .handle = BAD, .buffer = NIL, .out = NOWHERE,
	  .want = ZX_ERR_NOT_FOUND),
	R(PROCESS_CREATE, .options = 1u << 31, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_CREATE, .options = 2, .handle = BAD, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_CREATE, .options = 2, .list = { LACKING }, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_CREATE, .options = 2, .state = KILLED, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_CREATE, .buffer = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_CREATE, .buffer = NIL, .size = EMPTY, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_CREATE, .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_CREATE, .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_CREATE, .buffer = NOWHERE, .handle = BAD, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_CREATE, .buffer = NIL, .handle = EVENT, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_CREATE, .buffer = NOWHERE, .list = { FIXED }, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_CREATE, .buffer = NOWHERE, .without = ZX_RIGHT_MANAGE_PROCESS,
	  .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_CREATE, .handle = BAD, .want = ZX_ERR_BAD_HANDLE),
	R(PROCESS_CREATE, .handle = NONE, .want = ZX_ERR_BAD_HANDLE),
	R(PROCESS_CREATE, .handle = BENT, .want = ZX_ERR_BAD_HANDLE),
	R(PROCESS_CREATE, .handle = BAD, .list = { FIXED }, .want = ZX_ERR_BAD_HANDLE),
	R(PROCESS_CREATE, .handle = BAD, .out = NOWHERE, .want = ZX_ERR_BAD_HANDLE),
	/* The handle to pass is taken first. */
	R(PROCESS_CREATE, .list = { ITSELF }, .want = ZX_ERR_BAD_HANDLE),
	R(PROCESS_CREATE, .handle = EVENT, .want = ZX_ERR_WRONG_TYPE),
	R(PROCESS_CREATE, .handle = PROCESS, .want = ZX_ERR_WRONG_TYPE),
	R(PROCESS_CREATE, .handle = PROCESS, .without = ZX_RIGHT_MANAGE_PROCESS,
	  .want = ZX_ERR_WRONG_TYPE),
	R(PROCESS_CREATE, .handle = EVENT, .list = { LACKING }, .want = ZX_ERR_WRONG_TYPE),
	R(PROCESS_CREATE, .handle = EVENT, .out = NOWHERE, .want = ZX_ERR_WRONG_TYPE),
	R(PROCESS_CREATE, .without = ZX_RIGHT_MANAGE_PROCESS, .want = ZX_ERR_ACCESS_DENIED),
	R(PROCESS_CREATE, .without = ZX_RIGHT_MANAGE_PROCESS, .list = { LACKING },
	  .want = ZX_ERR_ACCESS_DENIED),
	R(PROCESS_CREATE, .without = ZX_RIGHT_MANAGE_PROCESS, .state = KILLED,
	  .want = ZX_ERR_ACCESS_DENIED),
	R(PROCESS_CREATE, .list = { LACKING }, .want = ZX_ERR_BAD_HANDLE),
	R(PROCESS_CREATE, .list = { LACKING }, .state = KILLED, .want = ZX_ERR_BAD_HANDLE),
	R(PROCESS_CREATE, .list = { FIXED }, .want = ZX_ERR_ACCESS_DENIED),
	R(PROCESS_CREATE, .list = { FIXED }, .state = KILLED, .want = ZX_ERR_ACCESS_DENIED),
	R(PROCESS_CREATE, .state = KILLED, .want = ZX_ERR_BAD_STATE),
	R(PROCESS_CREATE, .state = KILLED, .out = NOWHERE, .want = ZX_ERR_BAD_STATE),
	R(PROCESS_CREATE, .state = ARMED, .want = ZX_ERR_BAD_STATE),
	R(PROCESS_CREATE, .state = ARMED, .out = NOWHERE, .want = ZX_ERR_BAD_STATE),
	R(PROCESS_CREATE, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_CREATE, .out = NOWHERE, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_CREATE, .out = PARTLY, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_CREATE, .out = READ_ONLY, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_CREATE, .want = ZX_OK),
	R(PROCESS_CREATE, .list = { ZERO }, .want = ZX_OK),
	R(PROCESS_CREATE, .buffer = READ_ONLY, .want = ZX_OK),
	R(PROCESS_CREATE, .size = EMPTY, .want = ZX_OK),
	R(PROCESS_CREATE, .size = HUGE, .want = ZX_OK),
	R(PROCESS_CREATE, .state = OCCUPIED, .want = ZX_OK),
	R(PROCESS_CREATE, .handle = LEAF, .want = ZX_OK),
	R(PROCESS_CREATE, .handle = DEFAULT, .want = ZX_OK),
	R(PROCESS_CREATE, .without = ZX_RIGHT_MANAGE_JOB | ZX_RIGHT_WRITE, .want = ZX_OK),

	/* ZXL_IOC_PROCESS_STARTUP: unused fields; then that there is no such handle; out */
	R(PROCESS_STARTUP, .options = 1, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_STARTUP, .options = 1, .out = NIL, .want = ZX_ERR_INVALID_ARGS),
	R(PROCESS_STARTUP, .out = NIL, .want = ZX_ERR_NOT_FOUND),
	R(PROCESS_STARTUP, .out = NOWHERE, .want = ZX_ERR_NOT_FOUND),
	R(PROCESS_STARTUP, .want = ZX_ERR_NOT_FOUND),
};

/* The topics of information, and what they require of the handle: its type, then rights. */
static const struct topic {
	zx_object_info_topic_t topic;
	enum which type, also[2];
	zx_rights_t rights;
	bool rights_first;
	bool here;	/* if false, ZX_ERR_NOT_SUPPORTED replaces Zircon's information */
	zx_status_t answer;	/* what both answer, if that is an error */
	bool unknown;
} topics[] = {
	{ .topic = ZX_INFO_HANDLE_VALID, .here = true },
	{ .topic = ZX_INFO_HANDLE_BASIC, .here = true },
	{ .topic = ZX_INFO_HANDLE_COUNT, .rights = ZX_RIGHT_INSPECT, .here = true },
	{ .topic = ZX_INFO_SOCKET, .type = SOCKET, .rights = ZX_RIGHT_INSPECT, .here = true },
	{ .topic = ZX_INFO_PROCESS_HANDLE_STATS, .type = PROCESS, .rights = ZX_RIGHT_INSPECT,
	  .here = true },
	{ .topic = ZX_INFO_HANDLE_TABLE, .type = PROCESS, .here = true,
	  .rights = ZX_RIGHT_INSPECT | ZX_RIGHT_MANAGE_PROCESS | ZX_RIGHT_MANAGE_THREAD },
	{ .topic = ZX_INFO_PROCESS, .type = PROCESS, .rights = ZX_RIGHT_INSPECT, .here = true },
	{ .topic = ZX_INFO_PROCESS_THREADS, .type = PROCESS, .rights = ZX_RIGHT_ENUMERATE,
	  .here = true },
	{ .topic = ZX_INFO_TASK_STATS_V1, .type = PROCESS, .rights = ZX_RIGHT_INSPECT,
	  .here = true },
	{ .topic = ZX_INFO_TASK_STATS, .type = PROCESS, .rights = ZX_RIGHT_INSPECT, .here = true },
	{ .topic = ZX_INFO_PROCESS_MAPS_V1, .type = PROCESS, .rights = ZX_RIGHT_INSPECT,
	  .here = true },
	{ .topic = ZX_INFO_PROCESS_MAPS_V2, .type = PROCESS, .rights = ZX_RIGHT_INSPECT,
	  .here = true },
	{ .topic = ZX_INFO_PROCESS_MAPS, .type = PROCESS, .rights = ZX_RIGHT_INSPECT,
	  .here = true },
	{ .topic = ZX_INFO_PROCESS_VMOS_V1, .type = PROCESS, .rights = ZX_RIGHT_INSPECT },
	{ .topic = ZX_INFO_PROCESS_VMOS_V2, .type = PROCESS, .rights = ZX_RIGHT_INSPECT },
	{ .topic = ZX_INFO_PROCESS_VMOS_V3, .type = PROCESS, .rights = ZX_RIGHT_INSPECT },
	{ .topic = ZX_INFO_PROCESS_VMOS, .type = PROCESS, .rights = ZX_RIGHT_INSPECT },
	/* These are for any task. */
	{ .topic = ZX_INFO_TASK_RUNTIME_V1, .type = PROCESS, .also = { THREAD, JOB },
	  .rights = ZX_RIGHT_INSPECT, .rights_first = true, .here = true },
	{ .topic = ZX_INFO_TASK_RUNTIME, .type = PROCESS, .also = { THREAD, JOB },
	  .rights = ZX_RIGHT_INSPECT, .rights_first = true, .here = true },
	{ .topic = ZX_INFO_JOB, .type = JOB, .rights = ZX_RIGHT_INSPECT, .here = true },
	{ .topic = ZX_INFO_JOB_CHILDREN, .type = JOB, .rights = ZX_RIGHT_ENUMERATE, .here = true },
	{ .topic = ZX_INFO_JOB_PROCESSES, .type = JOB, .rights = ZX_RIGHT_ENUMERATE,
	  .here = true },
	{ .topic = ZX_INFO_THREAD, .type = THREAD, .rights = ZX_RIGHT_INSPECT, .here = true },
	{ .topic = ZX_INFO_THREAD_EXCEPTION_REPORT_V1, .type = THREAD,
	  .rights = ZX_RIGHT_INSPECT, .answer = ZX_ERR_BAD_STATE },
	{ .topic = ZX_INFO_THREAD_EXCEPTION_REPORT, .type = THREAD, .rights = ZX_RIGHT_INSPECT,
	  .answer = ZX_ERR_BAD_STATE },
	{ .topic = ZX_INFO_THREAD_STATS, .type = THREAD, .rights = ZX_RIGHT_INSPECT,
	  .here = true },
	{ .topic = ZX_INFO_VMAR, .type = FOREIGN, .rights = ZX_RIGHT_INSPECT },
	{ .topic = ZX_INFO_VMAR_MAPS, .type = FOREIGN, .rights = ZX_RIGHT_INSPECT },
	{ .topic = ZX_INFO_VMO_V1, .type = FOREIGN },
	{ .topic = ZX_INFO_VMO_V2, .type = FOREIGN },
	{ .topic = ZX_INFO_VMO_V3, .type = FOREIGN },
	{ .topic = ZX_INFO_VMO, .type = FOREIGN },
	{ .topic = ZX_INFO_RESOURCE, .type = FOREIGN, .rights = ZX_RIGHT_INSPECT },
	{ .topic = ZX_INFO_CPU_STATS, .type = FOREIGN },
	{ .topic = ZX_INFO_KMEM_STATS_V1, .type = FOREIGN },
	{ .topic = ZX_INFO_KMEM_STATS, .type = FOREIGN },
	{ .topic = ZX_INFO_KMEM_STATS_EXTENDED, .type = FOREIGN },
	{ .topic = ZX_INFO_KMEM_STATS_COMPRESSION, .type = FOREIGN },
	{ .topic = ZX_INFO_GUEST_STATS, .type = FOREIGN },
	{ .topic = ZX_INFO_MEMORY_STALL, .type = FOREIGN },
	{ .topic = ZX_INFO_BTI, .type = FOREIGN, .rights = ZX_RIGHT_INSPECT },
	{ .topic = ZX_INFO_TIMER, .type = TIMER, .rights = ZX_RIGHT_INSPECT, .here = true },
	{ .topic = ZX_INFO_STREAM, .type = FOREIGN, .rights = ZX_RIGHT_INSPECT },
	{ .topic = ZX_INFO_MSI, .type = FOREIGN, .rights = ZX_RIGHT_INSPECT },
	{ .topic = ZX_INFO_VCPU, .type = FOREIGN, .rights = ZX_RIGHT_INSPECT },
	{ .topic = ZX_INFO_IOB, .type = FOREIGN, .rights = ZX_RIGHT_INSPECT },
	{ .topic = ZX_INFO_IOB_REGIONS, .type = FOREIGN, .rights = ZX_RIGHT_INSPECT },
	{ .topic = ZX_INFO_INTERRUPT, .type = FOREIGN, .rights = ZX_RIGHT_INSPECT },
	/* The clock was not made with ZX_CLOCK_OPT_MAPPABLE. */
	{ .topic = ZX_INFO_CLOCK_MAPPED_SIZE, .type = CLOCK, .rights = ZX_RIGHT_INSPECT,
	  .answer = ZX_ERR_INVALID_ARGS },
	/* The handle does not matter. */
	{ .topic = ZX_INFO_NONE, .unknown = true },
	{ .topic = __ZX_INFO_TOPIC(5u, 0u), .unknown = true },
	{ .topic = __ZX_INFO_TOPIC(6u, 0u), .unknown = true },
	{ .topic = ZX_INFO_POWER_DOMAINS, .unknown = true },
	{ .topic = __ZX_INFO_TOPIC(41u, 0u), .unknown = true },
	{ .topic = __ZX_INFO_TOPIC(1u, 1u), .unknown = true },
	{ .topic = __ZX_INFO_TOPIC(2u, 1u), .unknown = true },
	{ .topic = __ZX_INFO_TOPIC(3u, 0u), .unknown = true },
	{ .topic = __ZX_INFO_TOPIC(11u, 2u), .unknown = true },
	{ .topic = __ZX_INFO_TOPIC(12u, 2u), .unknown = true },
	{ .topic = __ZX_INFO_TOPIC(13u, 3u), .unknown = true },
	{ .topic = __ZX_INFO_TOPIC(14u, 4u), .unknown = true },
	{ .topic = __ZX_INFO_TOPIC(17u, 2u), .unknown = true },
	{ .topic = __ZX_INFO_TOPIC(22u, 1u), .unknown = true },
	{ .topic = __ZX_INFO_TOPIC(23u, 4u), .unknown = true },
	{ .topic = __ZX_INFO_TOPIC(27u, 1u), .unknown = true },
	{ .topic = __ZX_INFO_TOPIC(30u, 2u), .unknown = true },
	{ .topic = ~0u, .unknown = true },
};

/* The properties. One that cannot be got or set gives the same error as one that is not listed. */
static const struct property {
	uint32_t property;
	enum which type, also[3];
	size_t size;
	bool type_first;	/* the type is checked before the size */
	bool get, set;
	zx_rights_t more;	/* that setting needs, checked before size and type */
	bool here;		/* as for topics */
} properties[] = {
	{ .property = ZX_PROP_NAME, .type = PROCESS, .also = { CLOCK, THREAD, JOB },
	  .size = ZX_MAX_NAME_LEN, .get = true, .set = true, .here = true },
	{ .property = ZX_PROP_SOCKET_RX_THRESHOLD, .type = SOCKET, .size = 8, .get = true,
	  .set = true, .here = true },
	{ .property = ZX_PROP_SOCKET_TX_THRESHOLD, .type = SOCKET, .size = 8, .get = true,
	  .set = true, .here = true },
	{ .property = ZX_PROP_PROCESS_DEBUG_ADDR, .type = PROCESS, .size = 8, .get = true,
	  .set = true },
	{ .property = ZX_PROP_PROCESS_BREAK_ON_LOAD, .type = PROCESS, .size = 8, .get = true,
	  .set = true },
	{ .property = ZX_PROP_PROCESS_VDSO_BASE_ADDRESS, .type = PROCESS, .size = 8, .get = true },
	{ .property = ZX_PROP_JOB_KILL_ON_OOM, .type = JOB, .size = 8, .type_first = true,
	  .set = true, .here = true },
	{ .property = ZX_PROP_EXCEPTION_STATE, .type = FOREIGN, .size = 4, .get = true,
	  .set = true },
	{ .property = ZX_PROP_EXCEPTION_STRATEGY, .type = FOREIGN, .size = 4, .get = true,
	  .set = true },
	{ .property = ZX_PROP_VMO_CONTENT_SIZE, .type = FOREIGN, .size = 8, .get = true,
	  .set = true, .more = ZX_RIGHT_WRITE },
	{ .property = ZX_PROP_STREAM_MODE_APPEND, .type = FOREIGN, .size = 1, .get = true,
	  .set = true },
#ifdef __x86_64__
	{ .property = ZX_PROP_REGISTER_GS, .type = THREAD, .size = 8, .get = true, .set = true,
	  .here = true },
	{ .property = ZX_PROP_REGISTER_FS, .type = THREAD, .size = 8, .get = true, .set = true,
	  .here = true },
#else
	{ .property = 2 },
	{ .property = 4 },
#endif
	/* Zircon has it only if it was started for debugging. */
	{ .property = ZX_PROP_PROCESS_HW_TRACE_CONTEXT_ID },
	{ .property = 0 },
	{ .property = 1 },
	{ .property = 9 },
	{ .property = 14 },
	{ .property = 20 },
	{ .property = ~0u },
};

/* What a row is run with. */
struct stage {
	zx_handle_t handle;	/* the one that the call is made with */
	zx_handle_t object;	/* to the same object with all rights, or the same handle */
	zx_handle_t peer;
	zx_handle_t list[4];
	uint32_t num_list;
	bool open[4];		/* whether the handle was open before */
	bool etc, calls;
	void *nowhere;
};

static void must(bool condition)
{
	if (!condition)
		abort();
}

static zx_handle_t new_event(void)
{
	zx_handle_t event;

	must(zx_event_create(0, &event) == ZX_OK);
	return event;
}

static zx_handle_t closed_event(void)
{
	zx_handle_t event = new_event();

	zx_handle_close(event);
	return event;
}

static zx_handle_t new_socket(uint32_t options)
{
	zx_handle_t end, peer;

	must(zx_socket_create(options, &end, &peer) == ZX_OK);
	zx_handle_close(peer);
	return end;
}

/* The process of IDLE, or 0. */
static pid_t idle;

/* Returns a handle to a new child. */
static zx_handle_t new_process(void)
{
	zx_handle_t process;
	int pidfd;

	must(idle == 0);
	idle = zxp_start_idle();
	must(idle > 0);
	pidfd = syscall(SYS_pidfd_open, idle, 0);
	must(zxl_process_open(pidfd, 0, &process) == ZX_OK);
	close(pidfd);
	return process;
}

/* A file of the device, for ioctls that the library has no function for. */
static int own_device(void)
{
	static int device = -1;

	if (device < 0)
		device = zxp_open(O_CLOEXEC);
	must(device >= 0);
	return device;
}

static zx_handle_t new_job(zx_handle_t parent)
{
	zx_handle_t job;

	must(zx_job_create(parent, 0, &job) == ZX_OK);
	return job;
}

/* The last of as many jobs, one below the other, as there can be. */
static zx_handle_t new_leaf(void)
{
	zx_handle_t job = new_job(zx_job_default()), below;

	while (zx_job_create(job, 0, &below) == ZX_OK) {
		zx_handle_close(job);
		job = below;
	}
	return job;
}

/*
 * Returns a handle to a process which is the next child of this thread, unless the handle is closed
 * before: close_all() does, and between that and here nothing forks.
 */
static zx_handle_t new_member(zx_handle_t job)
{
	zx_handle_t process = ZX_HANDLE_INVALID;
	struct zxl_ioc_process_create arg = {
		.handle = job,
		.name = (uintptr_t)"member",
		.name_size = 6,
		.out = (uintptr_t)&process,
	};

	must(zxp_ioctl(own_device(), ZXL_IOC_PROCESS_CREATE, &arg) == 0);
	return process;
}

/* The same, in a job to which the process is critical. */
static zx_handle_t new_bound(void)
{
	zx_handle_t job = new_job(zx_job_default()), process = new_member(job);

	must(zx_job_set_critical(job, 0, process) == ZX_OK);
	return process;
}

/* Another thread, which does nothing until the process ends. */
static void *be_sibling(void *tid)
{
	*(_Atomic pid_t *)tid = gettid();
	while (pause())
		;
	return NULL;
}

/* Returns a handle to that thread. The library keeps none, which close_all() would close. */
static zx_handle_t new_sibling(void)
{
	static _Atomic pid_t tid;
	zx_handle_t handle = ZX_HANDLE_INVALID;
	struct zxl_ioc_process arg = { .out = (uintptr_t)&handle };
	pthread_t thread;

	if (!tid) {
		must(pthread_create(&thread, NULL, be_sibling, (void *)&tid) == 0);
		while (!tid)
			usleep(100);
	}
	arg.pid = tid;
	must(zxp_ioctl(own_device(), ZXL_IOC_THREAD_OPEN, &arg) == 0);
	return handle;
}

/* Returns a handle to the one thread of a new child. */
static zx_handle_t new_alien(void)
{
	zx_handle_t process = new_process(), thread;
	zx_koid_t koid;

	must(zx_object_get_info(process, ZX_INFO_PROCESS_THREADS, &koid, sizeof(koid), NULL,
				NULL) == ZX_OK);
	must(zx_object_get_child(process, koid, ZX_RIGHT_SAME_RIGHTS, &thread) == ZX_OK);
	zx_handle_close(process);
	return thread;
}

/* Makes an object, with a handle to each endpoint if it has two. */
static void new_object(enum which which, zx_handle_t *end, zx_handle_t *peer)
{
	static const uint32_t options[FOREIGN] = {
		[DATAGRAM] = ZX_SOCKET_DATAGRAM,
		[CONTROL] = ZX_SOCKET_HAS_CONTROL | ZX_SOCKET_HAS_ACCEPT,
		[MONOTONE] = ZX_CLOCK_OPT_MONOTONIC | ZX_CLOCK_OPT_AUTO_START,
		[CONTINUOUS] = ZX_CLOCK_OPT_CONTINUOUS | ZX_CLOCK_OPT_MONOTONIC |
			       ZX_CLOCK_OPT_AUTO_START,
	};

	*peer = ZX_HANDLE_INVALID;
	switch (which) {
	case EVENTPAIR:
		must(zx_eventpair_create(0, end, peer) == ZX_OK);
		break;
	case CHANNEL:
		must(zx_channel_create(0, end, peer) == ZX_OK);
		break;
	case FIFO:
		must(zx_fifo_create(4, 8, 0, end, peer) == ZX_OK);
		break;
	case TIMER:
		must(zx_timer_create(0, ZX_CLOCK_MONOTONIC, end) == ZX_OK);
		break;
	case COUNTER:
		must(zx_counter_create(0, end) == ZX_OK);
		break;
	case PORT:
		must(zx_port_create(0, end) == ZX_OK);
		break;
	case CLOCK:
	case MONOTONE:
	case CONTINUOUS:
		must(zx_clock_create(options[which], NULL, end) == ZX_OK);
		break;
	case PROCESS:
		must(zx_handle_duplicate(zx_process_self(), ZX_RIGHT_SAME_RIGHTS, end) == ZX_OK);
		break;
	case IDLE:
		*end = new_process();
		break;
	case THREAD:
		must(zx_handle_duplicate(zx_thread_self(), ZX_RIGHT_SAME_RIGHTS, end) == ZX_OK);
		break;
	case CHILD:
		must(zx_object_get_child(zx_process_self(), zxt_koid(zx_thread_self()),
					 ZX_RIGHT_SAME_RIGHTS, end) == ZX_OK);
		break;
	case UNSTARTED:
		must(zx_thread_create(zx_process_self(), "new", 3, 0, end) == ZX_OK);
		break;
	case SIBLING:
		*end = new_sibling();
		break;
	case ALIEN:
		*end = new_alien();
		break;
	case JOB:
		*end = new_job(zx_job_default());
		break;
	case DEFAULT:
		must(zx_handle_duplicate(zx_job_default(), ZX_RIGHT_SAME_RIGHTS, end) == ZX_OK);
		break;
	case LEAF:
		*end = new_leaf();
		break;
	case SOCKET:
	case DATAGRAM:
	case CONTROL:
		must(zx_socket_create(options[which], end, peer) == ZX_OK);
		break;
	default:
		*end = new_event();
	}
}

static uint8_t memory[4 * ZX_CHANNEL_MAX_MSG_BYTES];

/* Writes something to an endpoint, once or until the peer is full. */
static void fill(enum which which, zx_handle_t end, bool up)
{
	static const zx_port_packet_t packet;
	zx_status_t status;

	do {
		zx_handle_t event = ZX_HANDLE_INVALID;

		if (which == CHANNEL) {
			if (!up)
				event = new_event();
			status = zx_channel_write(end, 0, memory, up ? ZX_CHANNEL_MAX_MSG_BYTES : 4,
						  &event, !up);
		} else if (which == FIFO) {
			status = zx_fifo_write(end, 8, memory, 1, NULL);
		} else if (which == PORT) {
			status = zx_port_queue(end, &packet);
		} else {
			status = zx_socket_write(end, 0, memory, up ? 65536 : 8, NULL);
		}
	} while (up && status == ZX_OK);
	must(status == (up ? ZX_ERR_SHOULD_WAIT : ZX_OK));
}

/* What a row says of its job. */
static void prepare_job(const struct row *row, zx_handle_t job)
{
	zx_policy_basic_v2_t decided = {
		.condition = row->number,
		.action = ZX_POL_ACTION_DENY,
		.flags = ZX_POL_OVERRIDE_DENY,
	};

	if (row->state & OCCUPIED)
		new_job(job);
	if (row->state & KILLED)
		must(zx_task_kill(job) == ZX_OK);
	if (row->state & DECIDED)
		must(zx_job_set_policy(job, ZX_JOB_POL_ABSOLUTE, ZX_JOB_POL_BASIC_V2, &decided,
				       1) == ZX_OK);
	if (row->state & ARMED)
		new_member(new_job(zx_job_default()));
}

static void set_the_stage(const struct row *row, struct stage *stage)
{
	enum which which = row->handle >= EVENT ? row->handle : calls[row->call].type;

	/* The library keeps these handles, which are not what a call has left. */
	must(zx_thread_self() != ZX_HANDLE_INVALID && zx_job_default() != ZX_HANDLE_INVALID);
	new_object(which, &stage->object, &stage->peer);
	if (row->state & (UNREAD | CRAMMED))
		fill(which, which == PORT ? stage->object : stage->peer, row->state & CRAMMED);
	if (row->state & (FULL | STARTED))
		fill(which, stage->object, row->state & FULL);
	if (row->state & (DISABLED | PEER_DISABLED))
		must(zx_socket_set_disposition(stage->object,
					       row->state & DISABLED ? OFF : 0,
					       row->state & PEER_DISABLED ? OFF : 0) == ZX_OK);
	if (row->state & SHARED)
		must(zx_socket_share(stage->object, new_socket(0)) == ZX_OK);
	if (row->state & ACCEPTABLE)
		must(zx_socket_share(stage->peer, new_socket(0)) == ZX_OK);
	if (row->state & CONTROLLED)
		must(zx_socket_write(stage->peer, ZX_SOCKET_CONTROL, memory, 8, NULL) == ZX_OK &&
		     zx_socket_write(stage->object, ZX_SOCKET_CONTROL, memory, 8, NULL) == ZX_OK);
	if (row->state & ALONE)
		zx_handle_close(stage->peer);
	prepare_job(row, stage->object);
	if (which == EVENT || which == EVENTPAIR)
		must(zx_object_signal(stage->object, 0, ZX_USER_SIGNAL_0) == ZX_OK);

	stage->handle = stage->object;
	if (row->without) {
		stage->handle = zxt_without(stage->object, row->without);
		must(stage->handle != ZX_HANDLE_INVALID);
		if (!zxt_is_open(stage->object))
			stage->object = stage->handle;
	}
	if (row->handle == BAD)
		stage->handle = closed_event();
	else if (row->handle == NONE)
		stage->handle = ZX_HANDLE_INVALID;
	else if (row->handle == BENT)
		stage->handle &= ~1u;
}

static zx_handle_t list_entry(const struct stage *stage, enum entry entry)
{
	zx_handle_t port, none;

	switch (entry) {
	case LACKING:
		return closed_event();
	case ZERO:
		return ZX_HANDLE_INVALID;
	case AGAIN:
		return stage->list[stage->num_list - 1];
	case ITSELF:
		return stage->handle;
	case PEER:
		return stage->peer;
	case MEMBER:
	case UNSEEN:
		return new_member(zxt_basic(stage->object).type == ZX_OBJ_TYPE_JOB ?
				  stage->object : zx_job_default());
	case BOUND:
		return new_bound();
	case STRANGER:
		must(zx_handle_duplicate(zx_process_self(), ZX_RIGHT_SAME_RIGHTS, &port) == ZX_OK);
		return port;
	case STREAM:
		return new_socket(0);
	case SHARING:
		return new_socket(ZX_SOCKET_HAS_ACCEPT);
	case QUEUE:
	case MUTE:
		new_object(PORT, &port, &none);
		return port;
	default:
		return new_event();
	}
}

static void make_the_list(const struct row *row, struct stage *stage)
{
	static const zx_rights_t lacks[] = {
		[FIXED] = ZX_RIGHT_TRANSFER, [UNIQUE] = ZX_RIGHT_DUPLICATE, [DEAF] = ZX_RIGHT_WAIT,
		[MUTE] = ZX_RIGHT_WRITE, [UNSEEN] = ZX_RIGHT_WAIT,
	};
	enum entry usual = row->call == SOCKET_SHARE ? STREAM :
			   row->call == JOB_SET_CRITICAL ? MEMBER :
			   row->call == OBJECT_WAIT_ASYNC ? QUEUE : FINE;

	stage->num_list = 0;
	for (int i = 0; i < 4 && row->list[0] != NOTHING; i++) {
		enum entry entry = i || row->list[0] ? row->list[i] : usual;
		zx_handle_t *handle = &stage->list[i];

		if (entry == END)
			break;
		*handle = list_entry(stage, entry);
		if (entry < ARRAY_SIZE(lacks) && lacks[entry])
			must(zx_handle_replace(*handle, zxt_basic(*handle).rights & ~lacks[entry],
					       handle) == ZX_OK);
		if (entry == UP)
			must(zx_object_signal(*handle, 0, ZX_EVENT_SIGNALED) == ZX_OK);
		stage->open[i] = zxt_is_open(*handle);
		stage->num_list++;
	}
}

/* Returns a pointer of kind @place: to the @size bytes at @good, or to a copy of them. */
static void *place(const struct stage *stage, enum place place, void *good, size_t size)
{
	static uint8_t *edge, *page;

	switch (place) {
	case NIL:
		return NULL;
	case NOWHERE:
		return stage->nowhere;
	case PARTLY:
		if (!edge)
			edge = (uint8_t *)zxt_at_edge(sizeof(memory)) + sizeof(memory);
		return memcpy(edge - size, good, size);
	case READ_ONLY:
		if (!page)
			page = zxt_read_only();
		must(mprotect(page, getpagesize(), PROT_READ | PROT_WRITE) == 0);
		memcpy(page, good, size);
		must(mprotect(page, getpagesize(), PROT_READ) == 0);
		return page;
	case ODD:
		return (uint8_t *)good + 2;
	default:
		return good;
	}
}

static size_t size_of(long size, size_t right)
{
	return size == EMPTY ? 0 : size == SHORT ? right / 2 : size ? (size_t)size : right;
}

/* More handles than any row passes. */
#define MANY	5000

/* The number of handles that the call is told: one more than can be read, if PARTLY. */
static uint32_t count_of(const struct row *row, const struct stage *stage)
{
	return row->count == EMPTY ? 0 : row->count ? row->count :
	       row->zeros + stage->num_list + (row->where == PARTLY);
}

/* Returns the handles in the form that zx_channel_write() takes. */
static zx_handle_t *plain(const struct row *row, const struct stage *stage)
{
	static zx_handle_t all[MANY];
	uint32_t num = row->zeros + stage->num_list;

	memset(all, 0, sizeof(all));
	memcpy(&all[row->zeros], stage->list, stage->num_list * sizeof(*all));
	return place(stage, row->where, all, num * sizeof(*all));
}

/* Returns the handles in the form that zx_channel_write_etc() takes. */
static zx_handle_disposition_t *etc(const struct row *row, const struct stage *stage)
{
	static zx_handle_disposition_t all[MANY];
	uint32_t num = row->zeros + stage->num_list;

	for (uint32_t i = 0; i < MANY; i++)
		all[i] = (zx_handle_disposition_t){ .operation = ZX_HANDLE_OP_MOVE,
						    .rights = ZX_RIGHT_SAME_RIGHTS };
	for (uint32_t i = 0; i < stage->num_list; i++)
		all[row->zeros + i].handle = stage->list[i];
	if (row->how & TYPE)
		all[row->zeros].type = ZX_OBJ_TYPE_VMO;
	if (row->how & RIGHTS)
		all[row->zeros].rights = ZX_RIGHT_TRANSFER | ZX_RIGHT_EXECUTE;
	if (row->how & DUP)
		all[row->zeros].operation = ZX_HANDLE_OP_DUPLICATE;
	if (row->how & OP)
		all[row->zeros].operation = 7;
	return place(stage, row->where, all, num * sizeof(*all));
}

/* Returns the bytes of a message, or its iovecs, and their number in @size. */
static void *message(const struct row *row, const struct stage *stage, uint32_t *size)
{
	static zx_channel_iovec_t vecs[ZX_CHANNEL_MAX_MSG_IOVECS + 1];

	if (!row->vecs) {
		*size = size_of(row->size, 4);
		return place(stage, row->buffer, memory, row->buffer == PARTLY ? 2 : 4);
	}
	for (int i = 0; i < row->vecs; i++)
		vecs[i] = (zx_channel_iovec_t){ .buffer = memory, .capacity = 1 };
	if (row->reserved)
		vecs[row->reserved - 1].reserved = 1;
	if (row->nowhere)
		vecs[row->nowhere - 1].buffer = stage->nowhere;
	if (row->too_much)
		vecs[row->too_much - 1].capacity = sizeof(memory);
	*size = row->vecs + (row->buffer == PARTLY);
	return place(stage, row->buffer, vecs, row->vecs * sizeof(*vecs));
}

static uint32_t options_of(const struct row *row)
{
	return row->options | (row->vecs ? ZX_CHANNEL_WRITE_USE_IOVEC : 0);
}

/* A server that replies to one call. */
struct server {
	zx_handle_t end;
	uint32_t size;
};

static void *reply(void *arg)
{
	const struct server *server = arg;
	uint32_t request[4], handle, bytes[16] = {};
	zx_handle_t event = new_event();

	/* No message comes if the call fails. */
	zx_object_wait_one(server->end, ZX_CHANNEL_READABLE, ZXT_SOON, NULL);
	if (zx_channel_read(server->end, 0, request, &handle, sizeof(request), 1, NULL, NULL) ==
	    ZX_OK) {
		bytes[0] = request[0];
		zx_channel_write(server->end, 0, bytes, server->size, &event, 1);
		zx_handle_close(handle);
	}
	return NULL;
}

static zx_status_t channel_call(const struct row *row, struct stage *stage)
{
	zx_time_t deadline = row->answer ? ZXT_SOON : ZX_TIME_INFINITE_PAST;
	struct server server = { stage->peer, row->answer };
	uint32_t sizes[2], *actual[2], wr_num_bytes;
	zx_handle_info_t got[4] = {};
	uint8_t bytes[64];
	union {
		zx_channel_call_args_t plain;
		zx_channel_call_etc_args_t etc;
	} args = {};
	pthread_t thread;
	zx_status_t status;

	if (stage->etc)
		args.etc.wr_handles = etc(row, stage);
	else
		args.plain.wr_handles = plain(row, stage);
	args.plain.wr_bytes = message(row, stage, &wr_num_bytes);
	args.plain.wr_num_bytes = wr_num_bytes;
	args.plain.wr_num_handles = count_of(row, stage);
	args.plain.rd_bytes = place(stage, row->result, bytes, 4);
	args.plain.rd_handles = place(stage, row->out, got, sizeof(*got));
	args.plain.rd_num_bytes = size_of(row->space, 16);
	args.plain.rd_num_handles = row->space == EMPTY ? 0 : 4;
	actual[0] = place(stage, row->actual, &sizes[0], 4);
	actual[1] = place(stage, row->avail, &sizes[1], 4);
	if (row->answer)
		must(pthread_create(&thread, NULL, reply, &server) == 0);
	if (stage->etc)
		status = zx_channel_call_etc(stage->handle, options_of(row), deadline,
					     place(stage, row->args, &args, sizeof(args)),
					     actual[0], actual[1]);
	else
		status = zx_channel_call(stage->handle, options_of(row), deadline,
					 place(stage, row->args, &args, sizeof(args)), actual[0],
					 actual[1]);
	if (row->answer)
		pthread_join(thread, NULL);
	return status;
}

static zx_status_t channel_write(const struct row *row, struct stage *stage)
{
	uint32_t size;
	void *bytes = message(row, stage, &size);

	if (stage->etc)
		return zx_channel_write_etc(stage->handle, options_of(row), bytes, size,
					    etc(row, stage), count_of(row, stage));
	return zx_channel_write(stage->handle, options_of(row), bytes, size, plain(row, stage),
				count_of(row, stage));
}

static zx_status_t channel_read(const struct row *row, struct stage *stage)
{
	uint32_t sizes[2], count = size_of(row->count, 1);
	zx_handle_info_t got[1];
	void *bytes = place(stage, row->buffer, memory, 2);
	void *handles = place(stage, row->out, got, 2);
	uint32_t *actual = place(stage, row->actual, &sizes[0], 2);
	uint32_t *avail = place(stage, row->avail, &sizes[1], 2);

	if (stage->etc)
		return zx_channel_read_etc(stage->handle, row->options, bytes, handles,
					   size_of(row->size, 4), count, actual, avail);
	return zx_channel_read(stage->handle, row->options, bytes, handles, size_of(row->size, 4),
			       count, actual, avail);
}

static zx_status_t wait_many(const struct row *row, struct stage *stage)
{
	zx_wait_item_t items[ZX_WAIT_MANY_MAX_ITEMS + 1] = {};

	for (uint32_t i = 0; i < stage->num_list; i++)
		items[i] = (zx_wait_item_t){ stage->list[i], ZX_EVENT_SIGNALED, 0 };
	return zx_object_wait_many(place(stage, row->where, items,
					 stage->num_list * sizeof(*items)),
				   row->count > MANY ? (size_t)row->count : count_of(row, stage),
				   ZX_TIME_INFINITE_PAST);
}

/* The call reports a bad buffer only by ending the process. */
static zx_status_t cprng_draw(const struct row *row, struct stage *stage)
{
	pid_t child = fork();

	if (child == 0) {
		zx_cprng_draw(place(stage, row->buffer, memory, 4), size_of(row->size, 8));
		_exit(0);
	}
	return zxt_reap(child) == 0 ? ZX_OK : ZX_ERR_INVALID_ARGS;
}

/* Returns the size of a topic's record or of a property. */
static size_t record_size(uint32_t topic)
{
	switch (topic) {
	case ZX_INFO_HANDLE_BASIC:
		return sizeof(zx_info_handle_basic_t);
	case ZX_INFO_HANDLE_COUNT:
		return sizeof(zx_info_handle_count_t);
	case ZX_INFO_PROCESS_HANDLE_STATS:
		return sizeof(zx_info_process_handle_stats_t);
	case ZX_INFO_SOCKET:
		return sizeof(zx_info_socket_t);
	case ZX_INFO_TIMER:
		return sizeof(zx_info_timer_t);
	case ZX_INFO_PROCESS:
		return sizeof(zx_info_process_t);
	case ZX_INFO_TASK_STATS_V1:
		return sizeof(zx_info_task_stats_v1_t);
	case ZX_INFO_TASK_STATS:
		return sizeof(zx_info_task_stats_t);
	case ZX_INFO_TASK_RUNTIME_V1:
		return sizeof(zx_info_task_runtime_v1_t);
	case ZX_INFO_TASK_RUNTIME:
		return sizeof(zx_info_task_runtime_t);
	case ZX_INFO_THREAD:
		return sizeof(zx_info_thread_t);
	case ZX_INFO_THREAD_STATS:
		return sizeof(zx_info_thread_stats_t);
	case ZX_INFO_JOB:
		return sizeof(zx_info_job_t);
	default:
		return 4096;
	}
}

static size_t property_size(uint32_t property)
{
	return property == ZX_PROP_NAME ? ZX_MAX_NAME_LEN : sizeof(uint64_t);
}

/* Without a version there are no arguments, unless the row says where they are. */
static zx_status_t clock_create(const struct row *row, const struct stage *stage, zx_handle_t *out)
{
	zx_clock_create_args_v1_t args = { .backstop_time = row->value };
	bool has_args = row->args != GOOD || row->number & ZX_CLOCK_ARGS_VERSION_MASK;

	return zx_clock_create(row->number,
			       has_args ? place(stage, row->args, &args, sizeof(args) / 2) : NULL,
			       out);
}

/* Sets the time to zero; of the reference, too. */
static zx_status_t clock_update(const struct row *row, const struct stage *stage)
{
	zx_clock_update_args_v2_t args = { .rate_adjust = row->value };
	size_t first = sizeof(zx_clock_update_args_v1_t);

	return zx_clock_update(stage->handle, row->number ?: V2 | SET,
			       place(stage, row->args, &args, first));
}

/* A call that fails must not write a descriptor, and one that succeeds must. */
static zx_status_t process_pidfd(const struct row *row, const struct stage *stage)
{
	int fd = -1;
	zx_status_t status = zxl_process_pidfd(stage->handle, row->options,
					       place(stage, row->out, &fd, sizeof(fd)));

	if (status == ZX_OK ? fd < 0 : fd != -1)
		status = ZX_ERR_INTERNAL;
	close(fd);
	return status;
}

/* The value of a register is the one that it has: the thread needs it. */
static uint64_t value_of(const struct row *row)
{
	unsigned long value = 1;

#ifdef __x86_64__
	if (row->topic == ZX_PROP_REGISTER_FS)
		must(syscall(SYS_arch_prctl, ARCH_GET_FS, &value) == 0);
	else if (row->topic == ZX_PROP_REGISTER_GS)
		must(syscall(SYS_arch_prctl, ARCH_GET_GS, &value) == 0);
#endif
	return row->number ?: value;
}

/* Needs no thread pointer, which a thread of zx_thread_start() does not have. */
__attribute__((no_stack_protector)) static void end_at_once(void)
{
	zx_thread_exit();
}

/* A thread that starts uses the stack until it has ended. */
static zx_status_t thread_start(const struct row *row, const struct stage *stage)
{
	static uint8_t stack[65536];
	uint64_t code = row->number ?: (uintptr_t)end_at_once;
	uint64_t top = ((uintptr_t)stack + sizeof(stack)) & ~15ul;
	zx_status_t status;

#ifdef __x86_64__
	/* As if there were a return address. */
	top -= 8;
#endif
	status = stage->etc ? zx_thread_start_regs(stage->handle, code, top, 0, 0, 0, 0) :
			      zx_thread_start(stage->handle, code, top, 0, 0);
	if (status == ZX_OK)
		must(zx_object_wait_one(stage->handle, ZX_THREAD_TERMINATED, ZXT_SOON, NULL) ==
		     ZX_OK);
	return status;
}

static zx_status_t futex_call(const struct row *row, const struct stage *stage)
{
	static zx_futex_t futexes[2][2];
	const zx_futex_t *futex = place(stage, row->buffer, futexes[0], sizeof(futexes[0]));
	const zx_futex_t *second = row->out == SAME ? futex :
				   place(stage, row->out, futexes[1], sizeof(futexes[1]));
	zx_futex_t value = row->other;

	if (row->call == FUTEX_WAIT)
		return zx_futex_wait(futex, value, stage->handle, ZX_TIME_INFINITE_PAST);
	if (row->call == FUTEX_WAKE)
		return stage->etc ? zx_futex_wake_single_owner(futex) :
				    zx_futex_wake(futex, UINT32_MAX);
	return stage->etc ? zx_futex_requeue_single_owner(futex, value, second, 1, stage->handle) :
			    zx_futex_requeue(futex, 1, value, second, 1, stage->handle);
}

/* A call that fails must not write a koid. */
static zx_status_t futex_get_owner(const struct row *row, const struct stage *stage)
{
	static const zx_futex_t futexes[2];
	zx_koid_t koid = 12345;
	zx_status_t status = zx_futex_get_owner(place(stage, row->buffer, (void *)futexes,
						      sizeof(futexes)),
						place(stage, row->out, &koid, sizeof(koid) / 2));

	if (koid != (status == ZX_OK ? ZX_KOID_INVALID : 12345))
		status = ZX_ERR_INTERNAL;
	return status;
}

/* The first record is the row's, and the others say the same. */
static zx_status_t job_set_policy(const struct row *row, const struct stage *stage)
{
	bool first_version = row->topic == ZX_JOB_POL_BASIC_V1;
	zx_policy_timer_slack_t slack = { .min_slack = row->value, .default_mode = row->number };
	zx_policy_basic_v1_t old[33];
	zx_policy_basic_v2_t fresh[33];
	void *records = first_version ? (void *)old : fresh;
	size_t size = first_version ? sizeof(*old) : sizeof(*fresh);

	for (size_t i = 0; i < ARRAY_SIZE(old); i++) {
		old[i] = (zx_policy_basic_v1_t) { .condition = row->number, .policy = row->value };
		fresh[i] = (zx_policy_basic_v2_t) {
			.condition = row->number, .action = row->value, .flags = row->set,
		};
	}
	if (row->topic == ZX_JOB_POL_TIMER_SLACK) {
		records = &slack;
		size = sizeof(slack);
	}
	return zx_job_set_policy(stage->handle, row->options, row->topic,
				 place(stage, row->buffer, records,
				       row->buffer == PARTLY ? size / 2 : size),
				 row->count == EMPTY ? 0 : row->count ?: 1);
}

static zx_status_t process_create(const struct row *row, const struct stage *stage, void *name,
				  void *out)
{
	struct zxl_ioc_process_create arg = {
		.handle = stage->handle,
		.options = row->options,
		.startup = stage->list[0],
		.name = (uintptr_t)name,
		.name_size = size_of(row->size, 8),
		.out = (uintptr_t)out,
	};

	return -zxp_ioctl(own_device(), ZXL_IOC_PROCESS_CREATE, &arg);
}

static zx_status_t process_startup(const struct row *row, void *out)
{
	struct zx_ioc_handle arg = { .rights = row->options, .out = (uintptr_t)out };

	return -zxp_ioctl(own_device(), ZXL_IOC_PROCESS_STARTUP, &arg);
}

/* The koid of a child that the object has, where it can have one. */
static zx_koid_t koid_of_child(const struct row *row)
{
	return zxt_koid(row->handle == DEFAULT ? zx_process_self() : zx_thread_self());
}

static zx_status_t make_the_call(const struct row *row, struct stage *stage)
{
	zx_handle_t made[2] = {}, handle = stage->handle;
	zx_handle_t *out = place(stage, row->out, &made[0], 2);
	zx_handle_t *out1 = place(stage, row->out1, &made[1], 2);
	size_t sizes[2], *actual = place(stage, row->actual, &sizes[0], 4);
	size_t *avail = place(stage, row->avail, &sizes[1], 4);
	void *buffer = place(stage, row->buffer, memory, 4);
	zx_signals_t signals = row->late ? ZX_USER_SIGNAL_7 : ZX_USER_SIGNAL_0;
	uint64_t value[ZX_MAX_NAME_LEN / 8] = { value_of(row) };
	size_t half_a_packet = sizeof(zx_port_packet_t) / 2;
	zx_time_t time;

	switch (row->call) {
	case HANDLE_CLOSE:
		return zx_handle_close(handle);
	case HANDLE_CLOSE_MANY:
		return zx_handle_close_many(plain(row, stage), count_of(row, stage));
	case HANDLE_DUPLICATE:
		return zx_handle_duplicate(handle, row->rights ?: ZX_RIGHT_SAME_RIGHTS, out);
	case HANDLE_REPLACE:
		return zx_handle_replace(handle, row->rights ?: ZX_RIGHT_SAME_RIGHTS, out);
	case HANDLE_CHECK_VALID:
		return zx_handle_check_valid(handle);
	case OBJECT_SIGNAL:
		return zx_object_signal(handle, row->clear, row->set);
	case OBJECT_SIGNAL_PEER:
		return zx_object_signal_peer(handle, row->clear, row->set);
	case OBJECT_WAIT_ONE:
		return zx_object_wait_one(handle, signals, ZX_TIME_INFINITE_PAST,
					  place(stage, row->actual, &sizes[0], 2));
	case OBJECT_WAIT_MANY:
		return wait_many(row, stage);
	case OBJECT_GET_INFO:
		return zx_object_get_info(handle, row->topic, buffer,
					  size_of(row->size, record_size(row->topic)), actual,
					  avail);
	case OBJECT_GET_PROPERTY:
		return zx_object_get_property(handle, row->topic, buffer,
					      size_of(row->size, property_size(row->topic)));
	case OBJECT_SET_PROPERTY:
		return zx_object_set_property(handle, row->topic,
					      place(stage, row->buffer, value, 4),
					      size_of(row->size, property_size(row->topic)));
	case OBJECT_GET_CHILD:
		return zx_object_get_child(handle, row->number ?: koid_of_child(row),
					   row->rights ?: ZX_RIGHT_SAME_RIGHTS, out);
	case OBJECT_WAIT_ASYNC:
		return zx_object_wait_async(handle, stage->list[0], 0, signals, row->options);
	case OBJECT_SET_PROFILE:
		return zx_object_set_profile(handle, ZX_HANDLE_INVALID, 0);
	case EVENT_CREATE:
		return zx_event_create(row->options, out);
	case EVENTPAIR_CREATE:
		return zx_eventpair_create(row->options, out, out1);
	case CHANNEL_CREATE:
		return zx_channel_create(row->options, out, out1);
	case SOCKET_CREATE:
		return zx_socket_create(row->options, out, out1);
	case FIFO_CREATE:
		return zx_fifo_create(size_of(row->elem_count, 4), size_of(row->elem_size, 8),
				      row->options, out, out1);
	case PORT_CREATE:
		return zx_port_create(row->options, out);
	case SEND:
	case CALL:
		return stage->calls ? channel_call(row, stage) : channel_write(row, stage);
	case READ:
		return channel_read(row, stage);
	case SOCKET_WRITE:
		return zx_socket_write(handle, row->options, buffer, size_of(row->size, 8), actual);
	case SOCKET_READ:
		return zx_socket_read(handle, row->options, buffer, size_of(row->size, 8), actual);
	case SOCKET_SET_DISPOSITION:
		return zx_socket_set_disposition(handle, row->disposition, row->disposition_peer);
	case SOCKET_SHUTDOWN:
		return zx_socket_shutdown(handle, row->options);
	case SOCKET_SHARE:
		return zx_socket_share(handle, stage->list[0]);
	case SOCKET_ACCEPT:
		return zx_socket_accept(handle, out);
	case FIFO_WRITE:
		return zx_fifo_write(handle, size_of(row->elem_size, 8), buffer,
				     size_of(row->elem_count, 1), actual);
	case FIFO_READ:
		return zx_fifo_read(handle, size_of(row->elem_size, 8), buffer,
				    size_of(row->elem_count, 1), actual);
	case PORT_QUEUE:
		return zx_port_queue(handle, place(stage, row->buffer, memory, half_a_packet));
	case PORT_WAIT:
		return zx_port_wait(handle, ZX_TIME_INFINITE_PAST,
				    place(stage, row->buffer, memory, half_a_packet));
	case PORT_CANCEL:
		return zx_port_cancel(handle, stage->list[0], row->number);
	case PORT_CANCEL_KEY:
		return zx_port_cancel_key(handle, row->options, row->number);
	case CLOCK_GET:
		return zx_clock_get(row->options, row->out == NIL ? NULL : &time);
	case NANOSLEEP:
		return zx_nanosleep(ZX_TIME_INFINITE_PAST);
	case CPRNG_DRAW:
		return cprng_draw(row, stage);
	case SYSTEM_BARRIER:
		return zx_system_barrier(row->options);
	case TIMER_CREATE:
		return zx_timer_create(row->options, row->topic, out);
	case TIMER_SET:
		return zx_timer_set(handle, 0, row->number);
	case TIMER_CANCEL:
		return zx_timer_cancel(handle);
	case COUNTER_CREATE:
		return zx_counter_create(row->options, out);
	case COUNTER_READ:
		return zx_counter_read(handle, buffer);
	case COUNTER_WRITE:
		return zx_counter_write(handle, 1);
	case COUNTER_ADD:
		return zx_counter_add(handle, 1);
	case CLOCK_CREATE:
		return clock_create(row, stage, out);
	case CLOCK_READ:
		return zx_clock_read(handle, buffer);
	case CLOCK_GET_DETAILS:
		return zx_clock_get_details(handle, row->number ?: V1, buffer);
	case CLOCK_UPDATE:
		return clock_update(row, stage);
	case TASK_KILL:
		return zx_task_kill(handle);
	case PROCESS_PIDFD:
		return process_pidfd(row, stage);
	case THREAD_CREATE:
		return zx_thread_create(handle, (const char *)buffer, size_of(row->size, 8),
					row->options, out);
	case THREAD_START:
		return thread_start(row, stage);
	case FUTEX_WAIT:
	case FUTEX_WAKE:
	case FUTEX_REQUEUE:
		return futex_call(row, stage);
	case FUTEX_GET_OWNER:
		return futex_get_owner(row, stage);
	case JOB_CREATE:
		return zx_job_create(handle, row->options, out);
	case JOB_SET_POLICY:
		return job_set_policy(row, stage);
	case JOB_SET_CRITICAL:
		return zx_job_set_critical(handle, row->options, stage->list[0]);
	case ROOT_JOB:
		return zxl_root_job(row->options, out);
	case PROCESS_CREATE:
		return process_create(row, stage, buffer, out);
	case PROCESS_STARTUP:
		return process_startup(row, out);
	}
	return ZX_ERR_INTERNAL;
}

/* Returns how many of the row's handles are open, each counted once. */
static uint32_t count_open(const struct stage *stage)
{
	const zx_handle_t all[] = {
		stage->handle, stage->object, stage->peer, stage->list[0], stage->list[1],
		stage->list[2], stage->list[3],
	};
	uint32_t open = 0;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		bool again = false;

		for (size_t j = 0; j < i; j++)
			again |= all[j] == all[i];
		open += !again && zxt_is_open(all[i]);
	}
	return open;
}

static void close_all(void)
{
	static zx_info_handle_extended_t table[256];
	size_t actual;

	must(zx_object_get_info(zx_process_self(), ZX_INFO_HANDLE_TABLE, table, sizeof(table),
				&actual, NULL) == ZX_OK);
	for (size_t i = 0; i < actual; i++)
		if (table[i].handle_value != zx_process_self() &&
		    table[i].handle_value != zx_thread_self() &&
		    table[i].handle_value != zx_job_default())
			zx_handle_close(table[i].handle_value);
	if (idle)
		must(zxp_end_idle(idle) == 128 + SIGKILL);
	idle = 0;
}

static bool is_read(enum call call)
{
	return call == READ || call == SOCKET_READ || call == FIFO_READ || call == PORT_WAIT ||
		call == PORT_CANCEL_KEY;
}

static bool is_write(enum call call)
{
	return call == SEND || call == CALL || call == SOCKET_WRITE || call == FIFO_WRITE ||
		call == PORT_QUEUE;
}

static bool is_readable(zx_handle_t handle)
{
	struct pollfd pfd = { .events = POLLIN };
	bool readable;

	if (zxt_basic(handle).type != ZX_OBJ_TYPE_PORT)
		return zxt_signals(handle) & ZX_CHANNEL_READABLE;
	must(zxl_handle_watch(handle, ZXL_PORT_READABLE, 0, &pfd.fd) == ZX_OK);
	readable = poll(&pfd, 1, 0) == 1;
	close(pfd.fd);
	return readable;
}

/* Whether a process has ended; if it should have, after a wait. */
static bool has_ended(zx_handle_t process, bool should)
{
	return zx_object_wait_one(process, ZX_PROCESS_TERMINATED,
				  should ? ZXT_SOON : ZX_TIME_INFINITE_PAST, NULL) == ZX_OK;
}

/* Returns the expected status. If a row has ZX_OK, zx_channel_call() times out without a reply. */
static zx_status_t wanted(const struct row *row, const struct stage *stage)
{
	return row->want == ZX_OK && row->call == SEND && stage->calls ? ZX_ERR_TIMED_OUT :
		row->want;
}

/* Names the first difference from the row, apart from the status. NULL if there is none. */
static const char *what_is_wrong(const struct row *row, const struct stage *stage,
				 zx_status_t status, bool was_open)
{
	const zx_signals_t looked_at = ZX_SOCKET_READABLE | ZX_SOCKET_WRITABLE |
		ZX_SOCKET_PEER_CLOSED | ZX_SOCKET_WRITE_DISABLED | ZX_SOCKET_PEER_WRITE_DISABLED;
	bool gone = calls[row->call].passes &&
		(row->fate ? row->fate == GOES : row->where == GOOD || row->where == READ_ONLY);
	bool handle_gone = row->call == HANDLE_REPLACE || row->call == HANDLE_CLOSE;
	bool read_gone = row->fate == GOES;
	zx_handle_t reader = row->call == PORT_QUEUE ? stage->object : stage->peer;

	for (uint32_t i = 0; i < stage->num_list; i++) {
		if (stage->open[i] && zxt_is_open(stage->list[i]) == gone)
			return gone ? "a handle of the list was not consumed" :
				"a handle of the list was consumed";
		handle_gone |= gone && stage->list[i] == stage->handle;
	}
	if (was_open && zxt_is_open(stage->handle) == handle_gone)
		return handle_gone ? "the handle is still there" : "the handle is gone";
	if (is_read(row->call) && status != ZX_OK && row->state & (UNREAD | CRAMMED) &&
	    is_readable(stage->object) == read_gone)
		return read_gone ? "what was to be read is still there" :
			"what was to be read is gone";
	if (is_write(row->call) && status != ZX_OK && status != ZX_ERR_TIMED_OUT && !row->answer &&
	    !(row->state & (ALONE | FULL | STARTED)) && reader && is_readable(reader))
		return "something was written";
	if (idle && zxt_basic(stage->object).type == ZX_OBJ_TYPE_PROCESS &&
	    has_ended(stage->object, row->call == TASK_KILL && status == ZX_OK) !=
	    (row->call == TASK_KILL && status == ZX_OK))
		return status == ZX_OK ? "the process goes on" : "the process has ended";
	if (row->look && (zxt_signals(stage->object) & looked_at) != row->signals)
		return "the signals are others";
	if (row->look && !(row->state & ALONE) &&
	    (zxt_signals(stage->peer) & looked_at) != row->peer_signals)
		return "the peer's signals are others";
	return NULL;
}

/* Makes a row's call in one form. Returns false if something differs from the row. */
static bool run(struct __test_metadata *_metadata, const struct row *row, struct stage *stage)
{
	uint32_t others;
	const char *wrong;
	zx_status_t status;
	bool was_open;

	set_the_stage(row, stage);
	make_the_list(row, stage);
	was_open = zxt_is_open(stage->handle);
	others = zxt_handles() - count_open(stage);
	status = make_the_call(row, stage);
	if (status != wanted(row, stage))
		wrong = zx_status_get_string(status);
	else
		wrong = what_is_wrong(row, stage, status, was_open);
	if (!wrong && status != ZX_OK && zxt_handles() - count_open(stage) != others)
		wrong = "a handle is left";
	EXPECT_EQ(NULL, wrong) {
		TH_LOG("line %d: { %s }%s%s with %p: %s", row->line, row->text,
		       stage->calls ? ", call" : "", stage->etc ? ", etc" : "", stage->nowhere,
		       wrong);
	}
	close_all();
	return !wrong;
}

static bool has_etc(enum call call)
{
	return call == SEND || call == CALL || call == READ || call == THREAD_START ||
		call == FUTEX_WAKE || call == FUTEX_REQUEUE;
}

/* Makes a row's call in all forms that it has, with each bad address if it needs one. */
static void walk(struct __test_metadata *_metadata, const struct row *row)
{
	const enum place places[] = {
		row->buffer, row->actual, row->avail, row->out, row->out1, row->where, row->args,
		row->result,
	};
	size_t addresses = row->nowhere ? ARRAY_SIZE(zxt_nowhere) : 1;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (places[i] == NOWHERE)
			addresses = ARRAY_SIZE(zxt_nowhere);
	for (int form = 0; form < 4; form++) {
		bool etc = form & 1, call = form & 2;

		if ((etc && !has_etc(row->call)) ||
		    (call && row->call != SEND && row->call != CALL) ||
		    (!call && row->call == CALL) || (!etc && row->how))
			continue;
		for (size_t i = 0; i < addresses; i++) {
			struct stage stage = {
				.etc = etc, .calls = call, .nowhere = zxt_nowhere[i],
			};

			/* The other forms would mostly fail in the same way. */
			if (!run(_metadata, row, &stage))
				return;
		}
	}
}

FIXTURE(order) {};

FIXTURE_VARIANT(order)
{
	enum call call;
};

FIXTURE_SETUP(order) {}
FIXTURE_TEARDOWN(order) {}

FIXTURE_VARIANT_ADD(order, handle_close) { .call = HANDLE_CLOSE };
FIXTURE_VARIANT_ADD(order, handle_close_many) { .call = HANDLE_CLOSE_MANY };
FIXTURE_VARIANT_ADD(order, handle_duplicate) { .call = HANDLE_DUPLICATE };
FIXTURE_VARIANT_ADD(order, handle_replace) { .call = HANDLE_REPLACE };
FIXTURE_VARIANT_ADD(order, handle_check_valid) { .call = HANDLE_CHECK_VALID };
FIXTURE_VARIANT_ADD(order, object_signal) { .call = OBJECT_SIGNAL };
FIXTURE_VARIANT_ADD(order, object_signal_peer) { .call = OBJECT_SIGNAL_PEER };
FIXTURE_VARIANT_ADD(order, object_wait_one) { .call = OBJECT_WAIT_ONE };
FIXTURE_VARIANT_ADD(order, object_wait_many) { .call = OBJECT_WAIT_MANY };
FIXTURE_VARIANT_ADD(order, object_get_info) { .call = OBJECT_GET_INFO };
FIXTURE_VARIANT_ADD(order, object_get_property) { .call = OBJECT_GET_PROPERTY };
FIXTURE_VARIANT_ADD(order, object_set_property) { .call = OBJECT_SET_PROPERTY };
FIXTURE_VARIANT_ADD(order, object_get_child) { .call = OBJECT_GET_CHILD };
FIXTURE_VARIANT_ADD(order, object_wait_async) { .call = OBJECT_WAIT_ASYNC };
FIXTURE_VARIANT_ADD(order, object_set_profile) { .call = OBJECT_SET_PROFILE };
FIXTURE_VARIANT_ADD(order, event_create) { .call = EVENT_CREATE };
FIXTURE_VARIANT_ADD(order, eventpair_create) { .call = EVENTPAIR_CREATE };
FIXTURE_VARIANT_ADD(order, channel_create) { .call = CHANNEL_CREATE };
FIXTURE_VARIANT_ADD(order, socket_create) { .call = SOCKET_CREATE };
FIXTURE_VARIANT_ADD(order, fifo_create) { .call = FIFO_CREATE };
FIXTURE_VARIANT_ADD(order, port_create) { .call = PORT_CREATE };
FIXTURE_VARIANT_ADD(order, channel_write_and_call) { .call = SEND };
FIXTURE_VARIANT_ADD(order, channel_call) { .call = CALL };
FIXTURE_VARIANT_ADD(order, channel_read) { .call = READ };
FIXTURE_VARIANT_ADD(order, socket_write) { .call = SOCKET_WRITE };
FIXTURE_VARIANT_ADD(order, socket_read) { .call = SOCKET_READ };
FIXTURE_VARIANT_ADD(order, socket_set_disposition) { .call = SOCKET_SET_DISPOSITION };
FIXTURE_VARIANT_ADD(order, socket_shutdown) { .call = SOCKET_SHUTDOWN };
FIXTURE_VARIANT_ADD(order, socket_share) { .call = SOCKET_SHARE };
FIXTURE_VARIANT_ADD(order, socket_accept) { .call = SOCKET_ACCEPT };
FIXTURE_VARIANT_ADD(order, fifo_write) { .call = FIFO_WRITE };
FIXTURE_VARIANT_ADD(order, fifo_read) { .call = FIFO_READ };
FIXTURE_VARIANT_ADD(order, port_queue) { .call = PORT_QUEUE };
FIXTURE_VARIANT_ADD(order, port_wait) { .call = PORT_WAIT };
FIXTURE_VARIANT_ADD(order, port_cancel) { .call = PORT_CANCEL };
FIXTURE_VARIANT_ADD(order, port_cancel_key) { .call = PORT_CANCEL_KEY };
FIXTURE_VARIANT_ADD(order, clock_get) { .call = CLOCK_GET };
FIXTURE_VARIANT_ADD(order, nanosleep) { .call = NANOSLEEP };
FIXTURE_VARIANT_ADD(order, cprng_draw) { .call = CPRNG_DRAW };
FIXTURE_VARIANT_ADD(order, system_barrier) { .call = SYSTEM_BARRIER };
FIXTURE_VARIANT_ADD(order, timer_create) { .call = TIMER_CREATE };
FIXTURE_VARIANT_ADD(order, timer_set) { .call = TIMER_SET };
FIXTURE_VARIANT_ADD(order, timer_cancel) { .call = TIMER_CANCEL };
FIXTURE_VARIANT_ADD(order, counter_create) { .call = COUNTER_CREATE };
FIXTURE_VARIANT_ADD(order, counter_read) { .call = COUNTER_READ };
FIXTURE_VARIANT_ADD(order, counter_write) { .call = COUNTER_WRITE };
FIXTURE_VARIANT_ADD(order, counter_add) { .call = COUNTER_ADD };
FIXTURE_VARIANT_ADD(order, clock_create) { .call = CLOCK_CREATE };
FIXTURE_VARIANT_ADD(order, clock_read) { .call = CLOCK_READ };
FIXTURE_VARIANT_ADD(order, clock_get_details) { .call = CLOCK_GET_DETAILS };
FIXTURE_VARIANT_ADD(order, clock_update) { .call = CLOCK_UPDATE };
FIXTURE_VARIANT_ADD(order, task_kill) { .call = TASK_KILL };
FIXTURE_VARIANT_ADD(order, process_pidfd) { .call = PROCESS_PIDFD };
FIXTURE_VARIANT_ADD(order, thread_create) { .call = THREAD_CREATE };
FIXTURE_VARIANT_ADD(order, thread_start) { .call = THREAD_START };
FIXTURE_VARIANT_ADD(order, futex_wait) { .call = FUTEX_WAIT };
FIXTURE_VARIANT_ADD(order, futex_wake) { .call = FUTEX_WAKE };
FIXTURE_VARIANT_ADD(order, futex_requeue) { .call = FUTEX_REQUEUE };
FIXTURE_VARIANT_ADD(order, futex_get_owner) { .call = FUTEX_GET_OWNER };
FIXTURE_VARIANT_ADD(order, job_create) { .call = JOB_CREATE };
FIXTURE_VARIANT_ADD(order, job_set_policy) { .call = JOB_SET_POLICY };
FIXTURE_VARIANT_ADD(order, job_set_critical) { .call = JOB_SET_CRITICAL };
FIXTURE_VARIANT_ADD(order, root_job) { .call = ROOT_JOB };
FIXTURE_VARIANT_ADD(order, process_create) { .call = PROCESS_CREATE };
FIXTURE_VARIANT_ADD(order, process_startup) { .call = PROCESS_STARTUP };

TEST_F(order, of_checks)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].call == variant->call)
			walk(_metadata, &rows[i]);
}

TEST(every_row_belongs_to_a_variant)
{
	bool walked[ARRAY_SIZE(calls)] = {}, has_rows[ARRAY_SIZE(calls)] = {};
	const struct __fixture_variant_metadata *variant;

	for (variant = _order_fixture_object.variant; variant; variant = variant->next)
		walked[((const FIXTURE_VARIANT(order) *)variant->data)->call] = true;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		has_rows[rows[i].call] = true;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		EXPECT_TRUE(has_rows[i]);
		EXPECT_TRUE(walked[i]);
	}
}

/* Returns those of the rights which topics and properties ask for that a handle has in Zircon. */
static zx_rights_t rights_of(enum which which)
{
	zx_rights_t property = ZX_RIGHTS_PROPERTY | ZX_RIGHT_WRITE;

	if (which == PROCESS || which == JOB)
		return ZX_RIGHT_INSPECT | property | ZX_RIGHT_ENUMERATE | ZX_RIGHT_MANAGE_PROCESS |
			ZX_RIGHT_MANAGE_THREAD;
	if (which == THREAD)
		return ZX_RIGHT_INSPECT | property | ZX_RIGHT_MANAGE_THREAD;
	return ZX_RIGHT_INSPECT | (which == SOCKET || which == CLOCK ? property : 0);
}

static const char *const names[] = {
	[BAD] = "BAD", [NONE] = "NONE", [BENT] = "BENT", [EVENT] = "EVENT",
	[EVENTPAIR] = "EVENTPAIR", [CHANNEL] = "CHANNEL", [FIFO] = "FIFO", [PORT] = "PORT",
	[PROCESS] = "PROCESS", [SOCKET] = "SOCKET", [TIMER] = "TIMER", [COUNTER] = "COUNTER",
	[CLOCK] = "CLOCK", [THREAD] = "THREAD", [JOB] = "JOB",
};

static zx_status_t topic_answer(const struct topic *topic, enum which which, zx_rights_t without)
{
	bool permitted = !(topic->rights & ~(rights_of(which) & ~without));

	if (topic->unknown)
		return ZX_ERR_NOT_SUPPORTED;
	if (which < EVENT)
		return ZX_ERR_BAD_HANDLE;
	if (topic->rights_first && !permitted)
		return ZX_ERR_ACCESS_DENIED;
	if (topic->type != ANY && topic->type != which && topic->also[0] != which &&
	    topic->also[1] != which)
		return ZX_ERR_WRONG_TYPE;
	if (!permitted)
		return ZX_ERR_ACCESS_DENIED;
	return topic->here ? ZX_OK : topic->answer ?: ZX_ERR_NOT_SUPPORTED;
}

static void walk_topic(struct __test_metadata *_metadata, const struct topic *topic,
		       enum which which, zx_rights_t without)
{
	char text[160];
	struct row row = {
		.line = __LINE__,
		.text = text,
		.call = OBJECT_GET_INFO,
		.handle = which,
		.without = without,
		.topic = topic->topic,
		.want = topic_answer(topic, which, without),
	};

	snprintf(text, sizeof(text), "topic %u version %u, handle %s, without %#x, want %s",
		 topic->topic & 0xfffffff, topic->topic >> 28, names[which], without,
		 zx_status_get_string(row.want));
	walk(_metadata, &row);
	if (row.want == ZX_OK)
		return;
	/* The other arguments are checked later. */
	row.buffer = NIL;
	row.actual = PARTLY;
	row.avail = READ_ONLY;
	walk(_metadata, &row);
	row.size = EMPTY;
	walk(_metadata, &row);
}

TEST(every_topic)
{
	const zx_rights_t rights[] = {
		0, ZX_RIGHT_INSPECT, ZX_RIGHT_ENUMERATE, ZX_RIGHT_MANAGE_PROCESS,
		ZX_RIGHT_MANAGE_THREAD,
	};

	for (size_t i = 0; i < ARRAY_SIZE(topics); i++) {
		for (enum which which = BAD; which < EVENT; which++)
			walk_topic(_metadata, &topics[i], which, 0);
		for (enum which which = EVENT; which <= SOCKET; which++)
			for (size_t j = 0; j < ARRAY_SIZE(rights); j++)
				if (j < 2 || rights_of(which) & rights[j])
					walk_topic(_metadata, &topics[i], which, rights[j]);
	}
}

static const struct {
	enum which task;
	zx_object_info_topic_t topic;
} task_topics[] = {
	{ PROCESS, ZX_INFO_PROCESS },
	{ PROCESS, ZX_INFO_TASK_STATS_V1 },
	{ PROCESS, ZX_INFO_TASK_STATS },
	{ PROCESS, ZX_INFO_TASK_RUNTIME_V1 },
	{ PROCESS, ZX_INFO_TASK_RUNTIME },
	{ THREAD, ZX_INFO_THREAD },
	{ THREAD, ZX_INFO_THREAD_STATS },
	{ THREAD, ZX_INFO_TASK_RUNTIME_V1 },
	{ THREAD, ZX_INFO_TASK_RUNTIME },
	{ JOB, ZX_INFO_JOB },
	{ JOB, ZX_INFO_TASK_RUNTIME_V1 },
	{ JOB, ZX_INFO_TASK_RUNTIME },
};

/* The order is that of any topic with one record. */
TEST(places_of_a_record_of_a_task)
{
	static const struct row forms[] = {
		{ .buffer = NIL, .want = ZX_ERR_INVALID_ARGS },
		{ .buffer = NOWHERE, .want = ZX_ERR_INVALID_ARGS },
		{ .buffer = PARTLY, .want = ZX_ERR_INVALID_ARGS },
		{ .buffer = READ_ONLY, .want = ZX_ERR_INVALID_ARGS },
		{ .actual = NOWHERE, .want = ZX_ERR_INVALID_ARGS },
		{ .actual = PARTLY, .want = ZX_ERR_INVALID_ARGS },
		{ .avail = NOWHERE, .want = ZX_ERR_INVALID_ARGS },
		{ .avail = PARTLY, .want = ZX_ERR_INVALID_ARGS },
		{ .size = SHORT, .want = ZX_ERR_BUFFER_TOO_SMALL },
		{ .size = SHORT, .buffer = NOWHERE, .want = ZX_ERR_BUFFER_TOO_SMALL },
		{ .size = EMPTY, .buffer = NIL, .want = ZX_ERR_BUFFER_TOO_SMALL },
		{ .size = SHORT, .actual = NOWHERE, .want = ZX_ERR_INVALID_ARGS },
		{ .size = SHORT, .avail = NOWHERE, .want = ZX_ERR_INVALID_ARGS },
		{ .actual = NIL, .avail = NIL, .want = ZX_OK },
	};

	for (size_t i = 0; i < ARRAY_SIZE(task_topics); i++)
		for (size_t j = 0; j < ARRAY_SIZE(forms); j++) {
			char text[64];
			struct row row = forms[j];

			row.line = __LINE__;
			row.text = text;
			row.call = OBJECT_GET_INFO;
			row.handle = task_topics[i].task;
			row.topic = task_topics[i].topic;
			snprintf(text, sizeof(text), "topic %u version %u, handle %s, form %zu",
				 row.topic & 0xfffffff, row.topic >> 28, names[row.handle], j);
			walk(_metadata, &row);
		}
}

/* A record that does not fit is counted, and no part of it is written. */
TEST(number_of_records_of_a_task)
{
	for (size_t i = 0; i < ARRAY_SIZE(task_topics); i++) {
		zx_object_info_topic_t topic = task_topics[i].topic;
		zx_handle_t task = task_topics[i].task == THREAD ? zx_thread_self() :
				   task_topics[i].task == JOB ? zx_job_default() :
								zx_process_self();
		size_t size = record_size(topic), actual = 9, avail = 9;

		memset(memory, 0xa5, size);
		EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
			  zx_object_get_info(task, topic, memory, size - 1, &actual, &avail));
		EXPECT_EQ(0, actual);
		EXPECT_EQ(1, avail);
		for (size_t j = 0; j < size; j++)
			ASSERT_EQ(0xa5, memory[j]);
		EXPECT_EQ(ZX_OK, zx_object_get_info(task, topic, memory, size + 1, &actual,
						    &avail));
		EXPECT_EQ(1, actual);
		EXPECT_EQ(1, avail);
	}
}

/* The module counts in another way where the caller asks for the number only. */
TEST(number_of_handles_in_the_table)
{
	size_t actual = 0;

	ASSERT_EQ(ZX_OK, zx_object_get_info(zx_process_self(), ZX_INFO_HANDLE_TABLE, NULL, 0,
					    &actual, NULL));
	EXPECT_EQ(zxt_handles() + 1, actual);
	new_event();
	ASSERT_EQ(ZX_OK, zx_object_get_info(zx_process_self(), ZX_INFO_HANDLE_TABLE, NULL, 0,
					    &actual, NULL));
	EXPECT_EQ(zxt_handles() + 1, actual);
}

/* Returns the status that properties[] demands. */
static zx_status_t property_answer(const struct property *property, const struct row *row)
{
	bool fits = property->type == row->handle || property->also[0] == row->handle ||
		property->also[1] == row->handle || property->also[2] == row->handle;
	bool sets = row->call == OBJECT_SET_PROPERTY;
	zx_rights_t right = sets ? ZX_RIGHT_SET_PROPERTY : ZX_RIGHT_GET_PROPERTY;
	zx_rights_t has = rights_of(row->handle) & ~row->without;
	bool is_short = row->size == EMPTY || (size_t)row->size < property->size;

	if (row->buffer == NIL)
		return ZX_ERR_INVALID_ARGS;
	if (row->handle < EVENT)
		return ZX_ERR_BAD_HANDLE;
	if (!(has & right))
		return ZX_ERR_ACCESS_DENIED;
	if (sets ? !property->set : !property->get)
		return ZX_ERR_NOT_SUPPORTED;
	/* A name has any length, and is copied before everything else. */
	if (sets && property->property == ZX_PROP_NAME)
		return row->buffer == PARTLY && row->size != EMPTY ? ZX_ERR_INVALID_ARGS :
			fits ? ZX_OK : ZX_ERR_WRONG_TYPE;
	if (sets && property->more & ~has)
		return ZX_ERR_ACCESS_DENIED;
	if (is_short && !property->type_first)
		return ZX_ERR_BUFFER_TOO_SMALL;
	if (!fits)
		return ZX_ERR_WRONG_TYPE;
	if (is_short)
		return ZX_ERR_BUFFER_TOO_SMALL;
	if (!property->here)
		return ZX_ERR_NOT_SUPPORTED;
	return row->buffer == PARTLY ? ZX_ERR_INVALID_ARGS : ZX_OK;
}

static void walk_property(struct __test_metadata *_metadata, const struct property *property,
			  enum call call, enum which which, zx_rights_t without)
{
	const long sizes[] = { property->size ?: 8, property->size - 1, EMPTY, HUGE };
	const enum place values[] = { GOOD, NIL, PARTLY };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(values); j++) {
			char text[160];
			struct row row = {
				.line = __LINE__,
				.text = text,
				.call = call,
				.handle = which,
				.without = without,
				.topic = property->property,
				.buffer = values[j],
				.size = sizes[i] ?: EMPTY,
			};

			row.want = property_answer(property, &row);
			snprintf(text, sizeof(text),
				 "%s %u, handle %s, without %#x, place %d, size %ld, want %s",
				 call == OBJECT_SET_PROPERTY ? "set" : "get", row.topic,
				 names[which], without, values[j], sizes[i],
				 zx_status_get_string(row.want));
			walk(_metadata, &row);
		}
	}
}

TEST(every_property)
{
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
		for (int sets = 0; sets < 2; sets++) {
			enum call call = sets ? OBJECT_SET_PROPERTY : OBJECT_GET_PROPERTY;
			const zx_rights_t rights[] = {
				0, sets ? ZX_RIGHT_SET_PROPERTY : ZX_RIGHT_GET_PROPERTY,
				ZX_RIGHT_WRITE,
			};

			for (enum which which = BAD; which < EVENT; which++)
				walk_property(_metadata, &properties[i], call, which, 0);
			for (enum which which = EVENT; which <= SOCKET; which++)
				for (int j = 0; j < (which < CLOCK ? 1 : 3); j++)
					walk_property(_metadata, &properties[i], call, which,
						      rights[j]);
		}
	}
}

TEST_HARNESS_MAIN
