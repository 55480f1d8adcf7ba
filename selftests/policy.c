// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job policies: how they are set and combined, what each action does to a process in such a job,
 * and timer slack.
 */
#include <pthread.h>
#include <sys/resource.h>

#include <zircon/syscalls/clock.h>
#include <zircon/syscalls/port.h>

#include "zxjob.h"

/* The name under which this program executes itself, see main(). */
#define PROGRAM	"policy-child"

#define REL	ZX_JOB_POL_RELATIVE
#define ABS	ZX_JOB_POL_ABSOLUTE
#define V1	ZX_JOB_POL_BASIC_V1
#define V2	ZX_JOB_POL_BASIC_V2
#define SLACK	ZX_JOB_POL_TIMER_SLACK

/* si_code of SIGSYS from seccomp, which the C library does not name. */
#ifndef SYS_SECCOMP
#define SYS_SECCOMP	1
#endif

/* Conditions are numbers below this. */
#define MAX	(ZX_POL_NEW_SAMPLER + 1)

FIXTURE(policy)
{
	zx_handle_t job;
};

FIXTURE_SETUP(policy)
{
	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	ASSERT_TRUE(zxj_share(-1));
	self->job = zxj_job(zx_job_default());
	ASSERT_NE(ZX_HANDLE_INVALID, self->job);
}

FIXTURE_TEARDOWN(policy)
{
	zx_task_kill(self->job);
	zxj_reap_all();
}

/* Sets the policy for one condition. */
static zx_status_t set(zx_handle_t job, uint32_t options, uint32_t condition, uint32_t action,
		       uint32_t flags)
{
	const zx_policy_basic_v2_t policy = { condition, action, flags };

	return zx_job_set_policy(job, options, V2, &policy, 1);
}

/* The same with the older record, which has no flags. */
static zx_status_t set_v1(zx_handle_t job, uint32_t options, uint32_t condition, uint32_t action)
{
	const zx_policy_basic_v1_t policy = { condition, action };

	return zx_job_set_policy(job, options, V1, &policy, 1);
}

/* A job with such a policy below @parent. */
static zx_handle_t job_with(zx_handle_t parent, uint32_t condition, uint32_t action,
			    uint32_t flags)
{
	zx_handle_t job = zxj_job(parent);

	if (set(job, ABS, condition, action, flags) != ZX_OK) {
		zx_handle_close(job);
		return ZX_HANDLE_INVALID;
	}
	return job;
}

/*
 * What members do.
 */

/* What a member has for that; a handle that it has closed. */
static zx_handle_t event, closed;

static void prepare(void)
{
	const struct rlimit none = {};

	/* SIGSYS would leave a core file. */
	setrlimit(RLIMIT_CORE, &none);
	zx_process_self();
	zx_job_default();
	zxt_call_device();
}

/* The same where events can be made. */
static void prepare_events(void)
{
	prepare();
	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	CHILD_CHECK(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &closed) == ZX_OK);
	CHILD_CHECK(zx_handle_close(closed) == ZX_OK);
}

static zx_status_t use_bad_handle(void)
{
	zx_handle_t out;

	return zx_handle_duplicate(ZX_HANDLE_INVALID, ZX_RIGHT_SAME_RIGHTS, &out);
}

static zx_status_t new_channel(void)
{
	zx_handle_t out[2];

	return zx_channel_create(0, &out[0], &out[1]);
}

static zx_status_t new_event(void)
{
	zx_handle_t out;

	return zx_event_create(0, &out);
}

static zx_status_t new_eventpair(void)
{
	zx_handle_t out[2];

	return zx_eventpair_create(0, &out[0], &out[1]);
}

static zx_status_t new_port(void)
{
	zx_handle_t out;

	return zx_port_create(0, &out);
}

static zx_status_t new_socket(void)
{
	zx_handle_t out[2];

	return zx_socket_create(ZX_SOCKET_DATAGRAM, &out[0], &out[1]);
}

static zx_status_t new_fifo(void)
{
	zx_handle_t out[2];

	return zx_fifo_create(8, 8, 0, &out[0], &out[1]);
}

static zx_status_t new_timer(void)
{
	zx_handle_t out;

	return zx_timer_create(ZX_TIMER_SLACK_LATE, ZX_CLOCK_MONOTONIC, &out);
}

/* It never starts. */
static zx_status_t new_process(void)
{
	zx_handle_t out;

	return zxj_create(zx_job_default(), &out);
}

static const struct condition {
	const char *name;
	uint32_t condition;
	zx_status_t (*violate)(void);
	zx_status_t usual, denied;
	int handles;			/* that it makes */
} conditions[] = {
	{ "channel", ZX_POL_NEW_CHANNEL, new_channel, ZX_OK, ZX_ERR_ACCESS_DENIED, 2 },
	{ "event", ZX_POL_NEW_EVENT, new_event, ZX_OK, ZX_ERR_ACCESS_DENIED, 1 },
	{ "eventpair", ZX_POL_NEW_EVENTPAIR, new_eventpair, ZX_OK, ZX_ERR_ACCESS_DENIED, 2 },
	{ "port", ZX_POL_NEW_PORT, new_port, ZX_OK, ZX_ERR_ACCESS_DENIED, 1 },
	{ "socket", ZX_POL_NEW_SOCKET, new_socket, ZX_OK, ZX_ERR_ACCESS_DENIED, 2 },
	{ "fifo", ZX_POL_NEW_FIFO, new_fifo, ZX_OK, ZX_ERR_ACCESS_DENIED, 2 },
	{ "timer", ZX_POL_NEW_TIMER, new_timer, ZX_OK, ZX_ERR_ACCESS_DENIED, 1 },
	{ "process", ZX_POL_NEW_PROCESS, new_process, ZX_OK, ZX_ERR_ACCESS_DENIED, 1 },
	{ "bad handle", ZX_POL_BAD_HANDLE, use_bad_handle, ZX_ERR_BAD_HANDLE, ZX_ERR_BAD_HANDLE,
	  0 },
};

/* Those that make objects come first, and their places are bits of sets. */
#define NUM_NEW	8
#define CHANNEL	(1 << 0)
#define EVENT	(1 << 1)
#define FIFO	(1 << 5)
#define PROCESS	(1 << 7)
#define ALL	((1 << NUM_NEW) - 1)

/* Places of zxj_shared->values. */
enum { STATUS, SIGNALS, CODE, CONDITION, THREAD, HANDLES, SURVIVED, SET, OTHER };

/* Stores the set of objects that the calling process may not make. */
static void try_all(void)
{
	int denied = 0;

	prepare();
	for (int i = 0; i < NUM_NEW; i++) {
		zx_status_t status = conditions[i].violate();

		CHILD_CHECK(status == ZX_OK || status == ZX_ERR_ACCESS_DENIED);
		denied |= (status == ZX_ERR_ACCESS_DENIED) << i;
	}
	zxj_shared->values[SET] = denied;
}

/* Runs a process in a job. Returns how it has ended, as zxp_reap(); -1 if there can be none. */
static int run(zx_handle_t job, void (*body)(void), int64_t *return_code)
{
	zx_handle_t process;
	pid_t pid = zxj_start(job, body, &process);
	int64_t code;
	int status;

	if (pid < 0)
		return -1;
	status = zxp_reap(pid);
	code = zxj_return_code(process);
	if (return_code)
		*return_code = code;
	zx_handle_close(process);
	return status;
}

/* The set of objects that a process in a job may not make; -1 if it has ended otherwise. */
static int denied_in(zx_handle_t job)
{
	zxj_shared->values[SET] = -1;
	if (run(job, try_all, NULL) != 0)
		return -1;
	/* The job must be empty for the next policy. */
	if (zxj_sees(job, ZX_JOB_NO_PROCESSES) == ~0u)
		return -1;
	return zxj_value(SET);
}

/*
 * How a policy is set: errors, and which comes first.
 */

TEST_F(policy, bad_topics_and_options)
{
	const zx_policy_basic_v2_t policy[1] = { { ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY, 0 } };
	const uint32_t topics[] = { 2, 3, 0x01000001, 0x02000000, ~0u };

	for (size_t i = 0; i < ARRAY_SIZE(topics); i++) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_job_set_policy(self->job, REL, topics[i], policy, 1));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_job_set_policy(ZX_HANDLE_INVALID, REL, topics[i], policy, 1));
	}
	for (uint32_t options = 2; options; options <<= 1) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_job_set_policy(self->job, options, V2, policy, 1));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_job_set_policy(self->job, options | ABS, V1, policy, 1));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_job_set_policy(ZX_HANDLE_INVALID, options, V2, policy, 1));
	}
	EXPECT_EQ(0, denied_in(self->job));
}

TEST_F(policy, bad_records)
{
	zx_policy_basic_v2_t policy[40] = {};
	zx_policy_basic_v2_t *edge = zxt_at_edge(sizeof(*edge));
	zx_handle_t none = ZX_HANDLE_INVALID;

	for (uint32_t options = REL; options <= ABS; options++) {
		zx_handle_t job = zxj_job(self->job);

		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_policy(none, options, V2, NULL, 0));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_policy(none, options, V2, NULL, 1));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_policy(none, options, V2, NULL, 5));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_policy(none, options, V2, policy, 0));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_policy(none, options, V2, policy, 33));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_policy(none, options, V1, policy, 33));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_policy(none, options, V1, policy, ~0u));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_policy(none, options, V2, edge, 2));
		for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++)
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_job_set_policy(none, options, V2, zxt_nowhere[i], 1));
		/* Memory that ends with the record. */
		*edge = policy[0];
		EXPECT_EQ(ZX_OK, zx_job_set_policy(job, options, V2, edge, 1));
		EXPECT_EQ(ZX_OK, zx_job_set_policy(job, options, V1, policy, 1));
	}
}

TEST_F(policy, handle_type_and_right)
{
	zx_handle_t weak = zxt_without(self->job, ZX_RIGHT_SET_POLICY), only, plain, blank;
	/* Their contents are not looked at before the handle. */
	const zx_policy_basic_v2_t wrong = { 1000, 1000, 1000 };
	const zx_policy_basic_v2_t right = { ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY, 0 };

	ASSERT_EQ(ZX_OK, zx_event_create(0, &plain));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(plain, 0, &blank));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->job, ZX_RIGHT_SET_POLICY, &only));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_job_set_policy(ZX_HANDLE_INVALID, REL, V2, &wrong, 1));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_job_set_policy(blank, REL, V2, &wrong, 1));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_job_set_policy(zx_process_self(), REL, V2, &wrong, 1));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_job_set_policy(weak, REL, V2, &wrong, 1));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_job_set_policy(weak, REL, V2, &right, 1));
	EXPECT_EQ(ZX_OK, zx_job_set_policy(only, REL, V2, &right, 1));
	EXPECT_EQ(EVENT, denied_in(self->job));
}

/* A job must be empty. What the policy says comes after that. */
TEST_F(policy, only_of_an_empty_job)
{
	zx_handle_t below = zxj_job(self->job), process;

	EXPECT_EQ(ZX_ERR_BAD_STATE, set(self->job, REL, ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY, 0));
	EXPECT_EQ(ZX_ERR_BAD_STATE, set(self->job, ABS, 1000, 1000, 1000));
	EXPECT_EQ(ZX_ERR_BAD_STATE, set_v1(self->job, REL, 1000, 1000));
	zx_handle_close(below);
	ASSERT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_JOBS));
	EXPECT_EQ(ZX_OK, set(self->job, REL, ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY, 0));

	ASSERT_EQ(ZX_OK, zxj_create(self->job, &process));
	EXPECT_EQ(ZX_ERR_BAD_STATE, set(self->job, REL, ZX_POL_NEW_PORT, ZX_POL_ACTION_DENY, 0));
	zx_handle_close(process);
	ASSERT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_PROCESSES));
	ASSERT_LT(0, zxj_start(self->job, zxj_arrive, &process));
	EXPECT_EQ(ZX_ERR_BAD_STATE, set(self->job, REL, ZX_POL_NEW_PORT, ZX_POL_ACTION_DENY, 0));
	EXPECT_EQ(ZX_OK, zx_task_kill(process));
	ASSERT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_PROCESSES));
	EXPECT_EQ(EVENT, denied_in(self->job));
}

TEST_F(policy, too_many_records)
{
	zx_policy_basic_v2_t policy[32] = {};
	zx_policy_basic_v1_t old[32] = {};

	for (int i = 0; i < 32; i++) {
		policy[i] = (zx_policy_basic_v2_t){ ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY, 1 };
		old[i] = (zx_policy_basic_v1_t){ ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY };
	}
	/* The number comes before what is wrong in the first record. */
	policy[0].action = 1000;
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_job_set_policy(self->job, ABS, V2, policy, MAX + 1));
	policy[0].action = ZX_POL_ACTION_DENY;
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_job_set_policy(self->job, REL, V2, policy, 32));
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_job_set_policy(self->job, ABS, V1, old, MAX + 1));
	EXPECT_EQ(0, denied_in(self->job));
	EXPECT_EQ(ZX_OK, zx_job_set_policy(self->job, ABS, V2, policy, MAX));
	EXPECT_EQ(ZX_OK, zx_job_set_policy(self->job, ABS, V1, old, MAX));
	EXPECT_EQ(EVENT, denied_in(self->job));
}

/* Action, flags, condition. */
TEST_F(policy, bad_contents)
{
	const uint32_t kill = ZX_POL_ACTION_KILL, bad = kill + 1;

	for (uint32_t options = REL; options <= ABS; options++) {
		zx_handle_t job = zxj_job(self->job);

		EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, set(job, options, ZX_POL_NEW_EVENT, bad, 0));
		EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, set(job, options, ZX_POL_NEW_EVENT, ~0u, 0));
		EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, set(job, options, ZX_POL_NEW_ANY, bad, 0));
		EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, set(job, options, ZX_POL_NEW_ANY, bad, 2));
		EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, set(job, options, MAX, bad, 2));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, set(job, options, ZX_POL_NEW_EVENT, kill, 2));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, set(job, options, ZX_POL_NEW_EVENT, kill, ~0u));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, set(job, options, ZX_POL_NEW_ANY, kill, 2));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, set(job, options, MAX, kill, 0));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, set(job, options, 100001, kill, 0));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, set(job, options, ~0u, 0, 0));
		EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, set_v1(job, options, ZX_POL_NEW_EVENT, bad));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, set_v1(job, options, MAX, kill));
		EXPECT_EQ(0, denied_in(job));
		for (uint32_t condition = 0; condition < MAX; condition++)
			EXPECT_EQ(ZX_OK, set(job, options, condition, kill, 1));
	}
}

/* A policy is set as a whole, or not at all. */
TEST_F(policy, nothing_is_set_by_an_error)
{
	zx_policy_basic_v2_t policy[] = {
		{ ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY, ZX_POL_OVERRIDE_DENY },
		{ ZX_POL_NEW_ANY, ZX_POL_ACTION_ALLOW, ZX_POL_OVERRIDE_DENY },
		{ ZX_POL_NEW_FIFO, 1000, ZX_POL_OVERRIDE_DENY },
	};

	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_job_set_policy(self->job, REL, V2, policy, 3));
	policy[2].action = ZX_POL_ACTION_DENY;
	policy[2].condition = MAX;
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_policy(self->job, REL, V2, policy, 3));
	/* The flags of NEW_ANY are looked at after all other records. */
	policy[1].flags = 2;
	policy[2].action = 1000;
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_job_set_policy(self->job, REL, V2, policy, 3));
	policy[2] = policy[0];
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_policy(self->job, REL, V2, policy, 3));
	EXPECT_EQ(0, denied_in(self->job));
	for (uint32_t condition = 0; condition < MAX; condition++)
		EXPECT_EQ(ZX_OK, set(self->job, ABS, condition, ZX_POL_ACTION_DENY, 1));
}

/*
 * How policies are combined.
 */

TEST_F(policy, conflicts)
{
	const uint32_t event = ZX_POL_NEW_EVENT, deny = ZX_POL_ACTION_DENY;
	const uint32_t allow = ZX_POL_ACTION_ALLOW, kill = ZX_POL_ACTION_KILL;
	zx_handle_t job = job_with(self->job, event, deny, ZX_POL_OVERRIDE_DENY);

	/* The same again is no conflict. */
	EXPECT_EQ(ZX_OK, set(job, ABS, event, deny, ZX_POL_OVERRIDE_DENY));
	EXPECT_EQ(ZX_OK, set(job, REL, event, deny, ZX_POL_OVERRIDE_DENY));
	/* Another action is, and that it could be changed. */
	EXPECT_EQ(ZX_ERR_ALREADY_EXISTS, set(job, ABS, event, allow, ZX_POL_OVERRIDE_DENY));
	EXPECT_EQ(ZX_ERR_ALREADY_EXISTS, set(job, ABS, event, kill, ZX_POL_OVERRIDE_DENY));
	EXPECT_EQ(ZX_ERR_ALREADY_EXISTS, set(job, ABS, event, deny, ZX_POL_OVERRIDE_ALLOW));
	/* RELATIVE keeps what was decided. */
	EXPECT_EQ(ZX_OK, set(job, REL, event, allow, ZX_POL_OVERRIDE_DENY));
	EXPECT_EQ(ZX_OK, set(job, REL, event, kill, ZX_POL_OVERRIDE_ALLOW));
	EXPECT_EQ(ZX_OK, set(job, REL, event, deny, ZX_POL_OVERRIDE_ALLOW));
	EXPECT_EQ(ZX_ERR_ALREADY_EXISTS, set(job, ABS, event, allow, ZX_POL_OVERRIDE_DENY));
	EXPECT_EQ(EVENT, denied_in(job));
	/* Other conditions are still free. */
	EXPECT_EQ(ZX_OK, set(job, ABS, ZX_POL_NEW_FIFO, deny, ZX_POL_OVERRIDE_DENY));
	EXPECT_EQ(EVENT | FIFO, denied_in(job));
}

TEST_F(policy, decisions_that_can_be_changed)
{
	const uint32_t event = ZX_POL_NEW_EVENT, deny = ZX_POL_ACTION_DENY;
	zx_handle_t job = job_with(self->job, event, deny, ZX_POL_OVERRIDE_ALLOW);

	EXPECT_EQ(EVENT, denied_in(job));
	EXPECT_EQ(ZX_OK, set(job, ABS, event, ZX_POL_ACTION_ALLOW, ZX_POL_OVERRIDE_ALLOW));
	EXPECT_EQ(0, denied_in(job));
	EXPECT_EQ(ZX_OK, set(job, REL, event, deny, ZX_POL_OVERRIDE_ALLOW));
	EXPECT_EQ(EVENT, denied_in(job));
	/* From now on it cannot. */
	EXPECT_EQ(ZX_OK, set(job, REL, event, ZX_POL_ACTION_ALLOW, ZX_POL_OVERRIDE_DENY));
	EXPECT_EQ(ZX_ERR_ALREADY_EXISTS, set(job, ABS, event, deny, ZX_POL_OVERRIDE_DENY));
	EXPECT_EQ(ZX_OK, set(job, REL, event, deny, ZX_POL_OVERRIDE_DENY));
	EXPECT_EQ(0, denied_in(job));
}

/* The older record decides for good. */
TEST_F(policy, old_records)
{
	const zx_policy_basic_v1_t more[] = {
		{ ZX_POL_NEW_CHANNEL, ZX_POL_ACTION_DENY },
		{ ZX_POL_NEW_FIFO, ZX_POL_ACTION_DENY },
	};
	zx_handle_t job = zxj_job(self->job);

	EXPECT_EQ(ZX_OK, set_v1(job, ABS, ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY));
	EXPECT_EQ(ZX_ERR_ALREADY_EXISTS, set_v1(job, ABS, ZX_POL_NEW_EVENT, ZX_POL_ACTION_ALLOW));
	EXPECT_EQ(ZX_OK, set_v1(job, ABS, ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY));
	EXPECT_EQ(ZX_OK, set(job, ABS, ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY, 1));
	EXPECT_EQ(ZX_ERR_ALREADY_EXISTS, set(job, ABS, ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY, 0));
	EXPECT_EQ(ZX_OK, set_v1(job, REL, ZX_POL_NEW_EVENT, ZX_POL_ACTION_ALLOW));
	EXPECT_EQ(ZX_OK, zx_job_set_policy(job, ABS, V1, more, 2));
	EXPECT_EQ(EVENT | CHANNEL | FIFO, denied_in(job));
}

/* The last of several records for a condition counts, if the first lets it. */
TEST_F(policy, records_of_one_call)
{
	zx_policy_basic_v2_t policy[] = {
		{ ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY, ZX_POL_OVERRIDE_ALLOW },
		{ ZX_POL_NEW_EVENT, ZX_POL_ACTION_ALLOW, ZX_POL_OVERRIDE_ALLOW },
		{ ZX_POL_NEW_FIFO, ZX_POL_ACTION_DENY, ZX_POL_OVERRIDE_DENY },
		{ ZX_POL_NEW_FIFO, ZX_POL_ACTION_ALLOW, ZX_POL_OVERRIDE_DENY },
	};

	EXPECT_EQ(ZX_ERR_ALREADY_EXISTS, zx_job_set_policy(self->job, ABS, V2, policy, 4));
	EXPECT_EQ(0, denied_in(self->job));
	EXPECT_EQ(ZX_OK, zx_job_set_policy(self->job, REL, V2, policy, 4));
	EXPECT_EQ(FIFO, denied_in(self->job));
}

TEST_F(policy, children_inherit)
{
	zx_handle_t job = job_with(self->job, ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY, 1);
	zx_handle_t child = zxj_job(job), grandchild;

	EXPECT_EQ(EVENT, denied_in(child));
	/* A child adds to it, and takes nothing away. */
	EXPECT_EQ(ZX_ERR_ALREADY_EXISTS,
		  set(child, ABS, ZX_POL_NEW_EVENT, ZX_POL_ACTION_ALLOW, 1));
	EXPECT_EQ(ZX_OK, set(child, REL, ZX_POL_NEW_EVENT, ZX_POL_ACTION_ALLOW, 0));
	EXPECT_EQ(ZX_OK, set(child, ABS, ZX_POL_NEW_FIFO, ZX_POL_ACTION_DENY, 1));
	EXPECT_EQ(EVENT | FIFO, denied_in(child));
	grandchild = zxj_job(child);
	EXPECT_EQ(EVENT | FIFO, denied_in(grandchild));
	EXPECT_EQ(ZX_OK, set(grandchild, REL, ZX_POL_NEW_ANY, ZX_POL_ACTION_ALLOW, 0));
	EXPECT_EQ(EVENT | FIFO, denied_in(grandchild));
	/* Those above and beside have not changed. */
	EXPECT_EQ(EVENT, denied_in(job));
	EXPECT_EQ(EVENT, denied_in(zxj_job(job)));
	EXPECT_EQ(0, denied_in(self->job));
	EXPECT_EQ(0, denied_in(zxj_job(self->job)));
}

TEST_F(policy, children_change_what_they_may)
{
	zx_handle_t job = job_with(self->job, ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY, 0);
	zx_handle_t child = zxj_job(job), grandchild;

	EXPECT_EQ(EVENT, denied_in(child));
	EXPECT_EQ(ZX_OK, set(child, ABS, ZX_POL_NEW_EVENT, ZX_POL_ACTION_ALLOW, 1));
	EXPECT_EQ(0, denied_in(child));
	grandchild = zxj_job(child);
	EXPECT_EQ(ZX_ERR_ALREADY_EXISTS,
		  set(grandchild, ABS, ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY, 1));
	EXPECT_EQ(0, denied_in(grandchild));
	EXPECT_EQ(EVENT, denied_in(job));
}

/*
 * All new objects.
 */

static const uint32_t new_conditions[] = {
	ZX_POL_NEW_VMO, ZX_POL_NEW_CHANNEL, ZX_POL_NEW_EVENT, ZX_POL_NEW_EVENTPAIR,
	ZX_POL_NEW_PORT, ZX_POL_NEW_SOCKET, ZX_POL_NEW_FIFO, ZX_POL_NEW_TIMER,
	ZX_POL_NEW_PROCESS, ZX_POL_NEW_PROFILE, ZX_POL_NEW_PAGER, ZX_POL_NEW_IOB,
	ZX_POL_NEW_SAMPLER,
};

static const uint32_t other_conditions[] = {
	ZX_POL_BAD_HANDLE, ZX_POL_WRONG_OBJECT, ZX_POL_VMAR_WX, ZX_POL_AMBIENT_MARK_VMO_EXEC,
};

TEST_F(policy, any_is_all_that_are_new)
{
	zx_handle_t job = job_with(self->job, ZX_POL_NEW_ANY, ZX_POL_ACTION_DENY, 1);

	EXPECT_EQ(ALL, denied_in(job));
	for (size_t i = 0; i < ARRAY_SIZE(new_conditions); i++) {
		EXPECT_EQ(ZX_ERR_ALREADY_EXISTS,
			  set(job, ABS, new_conditions[i], ZX_POL_ACTION_ALLOW, 1));
		EXPECT_EQ(ZX_OK, set(job, ABS, new_conditions[i], ZX_POL_ACTION_DENY, 1));
	}
	for (size_t i = 0; i < ARRAY_SIZE(other_conditions); i++)
		EXPECT_EQ(ZX_OK, set(job, ABS, other_conditions[i], ZX_POL_ACTION_KILL, 1));
}

TEST_F(policy, any_that_can_be_changed)
{
	zx_handle_t job = job_with(self->job, ZX_POL_NEW_ANY, ZX_POL_ACTION_DENY, 0);

	EXPECT_EQ(ALL, denied_in(job));
	for (size_t i = 0; i < ARRAY_SIZE(new_conditions); i++)
		EXPECT_EQ(ZX_OK, set(job, ABS, new_conditions[i], ZX_POL_ACTION_ALLOW, 0));
	EXPECT_EQ(0, denied_in(job));
	EXPECT_EQ(ZX_OK, set(job, ABS, ZX_POL_NEW_ANY, ZX_POL_ACTION_DENY, 0));
	EXPECT_EQ(ALL, denied_in(job));
	EXPECT_EQ(ZX_OK, set_v1(job, ABS, ZX_POL_NEW_ANY, ZX_POL_ACTION_ALLOW));
	EXPECT_EQ(ZX_ERR_ALREADY_EXISTS, set(job, ABS, ZX_POL_NEW_ANY, ZX_POL_ACTION_DENY, 1));
	EXPECT_EQ(0, denied_in(job));
}

/* All but one: the flags of NEW_ANY are those of all in the end. */
TEST_F(policy, any_and_an_exception)
{
	zx_policy_basic_v2_t policy[] = {
		{ ZX_POL_NEW_ANY, ZX_POL_ACTION_DENY, ZX_POL_OVERRIDE_DENY },
		{ ZX_POL_NEW_EVENT, ZX_POL_ACTION_ALLOW, ZX_POL_OVERRIDE_ALLOW },
	};
	zx_handle_t job = zxj_job(self->job);

	EXPECT_EQ(ZX_OK, zx_job_set_policy(job, ABS, V2, policy, 2));
	EXPECT_EQ(ALL & ~EVENT, denied_in(job));
	EXPECT_EQ(ZX_ERR_ALREADY_EXISTS, set(job, ABS, ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY, 1));

	job = zxj_job(self->job);
	policy[0].flags = ZX_POL_OVERRIDE_ALLOW;
	policy[1].flags = ZX_POL_OVERRIDE_DENY;
	EXPECT_EQ(ZX_OK, zx_job_set_policy(job, ABS, V2, policy, 2));
	EXPECT_EQ(ALL & ~EVENT, denied_in(job));
	EXPECT_EQ(ZX_OK, set(job, ABS, ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY, 1));
	EXPECT_EQ(ALL, denied_in(job));
}

/* With the exception first, that has decided already. */
TEST_F(policy, an_exception_and_any)
{
	const zx_policy_basic_v2_t policy[] = {
		{ ZX_POL_NEW_EVENT, ZX_POL_ACTION_ALLOW, ZX_POL_OVERRIDE_DENY },
		{ ZX_POL_NEW_ANY, ZX_POL_ACTION_DENY, ZX_POL_OVERRIDE_DENY },
	};
	const zx_policy_basic_v1_t old[] = {
		{ ZX_POL_NEW_ANY, ZX_POL_ACTION_DENY },
		{ ZX_POL_NEW_EVENT, ZX_POL_ACTION_ALLOW },
	};
	zx_handle_t job = zxj_job(self->job);

	EXPECT_EQ(ZX_ERR_ALREADY_EXISTS, zx_job_set_policy(job, ABS, V2, policy, 2));
	EXPECT_EQ(0, denied_in(job));
	EXPECT_EQ(ZX_OK, zx_job_set_policy(job, REL, V2, policy, 2));
	EXPECT_EQ(ALL & ~EVENT, denied_in(job));
	job = zxj_job(self->job);
	EXPECT_EQ(ZX_OK, zx_job_set_policy(job, ABS, V1, old, 2));
	EXPECT_EQ(ALL & ~EVENT, denied_in(job));
}

/*
 * NEW_ANY does not make changeable what a job above has decided for good. In Zircon it does: there
 * two calls are a way out.
 */
TEST_F(policy, any_makes_nothing_changeable_again)
{
	zx_handle_t job = job_with(self->job, ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY, 1);
	zx_handle_t child = zxj_job(job);

	EXPECT_EQ(ZX_OK, set(child, REL, ZX_POL_NEW_ANY, ZX_POL_ACTION_ALLOW, 0));
	EXPECT_EQ(ZX_ERR_ALREADY_EXISTS,
		  set(child, ABS, ZX_POL_NEW_EVENT, ZX_POL_ACTION_ALLOW, 0));
	EXPECT_EQ(ZX_OK, set(child, REL, ZX_POL_NEW_EVENT, ZX_POL_ACTION_ALLOW, 0));
	EXPECT_EQ(EVENT, denied_in(child));
	/* What was free is so still. */
	EXPECT_EQ(ZX_OK, set(child, ABS, ZX_POL_NEW_FIFO, ZX_POL_ACTION_DENY, 1));
	EXPECT_EQ(EVENT | FIFO, denied_in(child));
}

/*
 * What happens to a process.
 */

static const struct condition *violated;

static void handle_sigsys(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	zxj_shared->values[SIGNALS]++;
	zxj_shared->values[CODE] = info->si_code;
	zxj_shared->values[CONDITION] = info->si_errno;
	zxj_shared->values[THREAD] = gettid();
}

static void handle_exceptions(void)
{
	const struct sigaction action = {
		.sa_sigaction = handle_sigsys,
		.sa_flags = SA_SIGINFO,
	};

	CHILD_CHECK(sigaction(SIGSYS, &action, NULL) == 0);
}

static void ignore_exceptions(void)
{
	CHILD_CHECK(signal(SIGSYS, SIG_IGN) != SIG_ERR);
}

static void block_exceptions(void)
{
	sigset_t set;

	handle_exceptions();
	sigemptyset(&set);
	sigaddset(&set, SIGSYS);
	CHILD_CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
}

/* In a member: makes the call, and says what came of it. */
static void violate(void)
{
	uint32_t before = zxt_handles();

	zxj_shared->values[STATUS] = violated->violate();
	zxj_shared->values[HANDLES] = zxt_handles() - before;
	zxj_shared->values[SURVIVED] = 1;
}

static void violate_with_handler(void)
{
	prepare();
	handle_exceptions();
	violate();
}

static void violate_without_handler(void)
{
	prepare();
	CHILD_CHECK(signal(SIGSYS, SIG_DFL) != SIG_ERR);
	violate();
}

static void violate_ignoring(void)
{
	prepare();
	ignore_exceptions();
	violate();
}

static void violate_blocking(void)
{
	prepare();
	block_exceptions();
	violate();
}

/* Runs a member in a job with such a policy, which violates it. Returns how that has ended. */
static int run_violation(zx_handle_t parent, const struct condition *condition, uint32_t action,
			 uint32_t flags, void (*body)(void), int64_t *return_code)
{
	zx_handle_t job = job_with(parent, condition->condition, action, flags);
	int status;

	memset(zxj_shared, 0, sizeof(*zxj_shared));
	violated = condition;
	status = run(job, body, return_code);
	zx_handle_close(job);
	return status;
}

/* A member whose call returns @expected, after @signals. */
static void check_survives(struct __test_metadata *_metadata, zx_handle_t parent,
			   const struct condition *condition, uint32_t action, int signals,
			   zx_status_t expected)
{
	for (uint32_t flags = 0; flags <= 1; flags++) {
		int64_t code = -1;

		EXPECT_EQ(0, run_violation(parent, condition, action, flags, violate_with_handler,
					   &code))
			TH_LOG("%s, action %u", condition->name, action);
		EXPECT_EQ(0, code);
		EXPECT_EQ(1, zxj_value(SURVIVED));
		EXPECT_EQ(expected, zxj_value(STATUS))
			TH_LOG("%s, action %u", condition->name, action);
		EXPECT_EQ(expected == ZX_OK ? condition->handles : 0,
			  zxj_value(HANDLES));
		EXPECT_EQ(signals, zxj_value(SIGNALS))
			TH_LOG("%s, action %u", condition->name, action);
		EXPECT_EQ(signals ? SYS_SECCOMP : 0, zxj_value(CODE));
		EXPECT_EQ(signals ? condition->condition : 0, zxj_value(CONDITION));
	}
}

/* A member that does not come back from its call. */
static void check_dies(struct __test_metadata *_metadata, zx_handle_t parent,
		       const struct condition *condition, uint32_t action, void (*body)(void),
		       int signal, int64_t return_code)
{
	for (uint32_t flags = 0; flags <= 1; flags++) {
		int64_t code = 0;

		EXPECT_EQ(128 + signal, run_violation(parent, condition, action, flags, body,
						      &code))
			TH_LOG("%s, action %u", condition->name, action);
		EXPECT_EQ(return_code, code)
			TH_LOG("%s, action %u", condition->name, action);
		EXPECT_EQ(0, zxj_value(SURVIVED));
		EXPECT_EQ(0, zxj_value(SIGNALS));
	}
}

TEST_F(policy, allow)
{
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++)
		check_survives(_metadata, self->job, &conditions[i], ZX_POL_ACTION_ALLOW, 0,
			       conditions[i].usual);
}

TEST_F(policy, deny)
{
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++)
		check_survives(_metadata, self->job, &conditions[i], ZX_POL_ACTION_DENY, 0,
			       conditions[i].denied);
}

TEST_F(policy, allow_with_exception)
{
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++)
		check_survives(_metadata, self->job, &conditions[i],
			       ZX_POL_ACTION_ALLOW_EXCEPTION, 1, conditions[i].usual);
}

TEST_F(policy, deny_with_exception)
{
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++)
		check_survives(_metadata, self->job, &conditions[i],
			       ZX_POL_ACTION_DENY_EXCEPTION, 1, conditions[i].denied);
}

TEST_F(policy, kill)
{
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++) {
		check_dies(_metadata, self->job, &conditions[i], ZX_POL_ACTION_KILL,
			   violate_with_handler, SIGKILL, ZX_TASK_RETCODE_POLICY_KILL);
		check_dies(_metadata, self->job, &conditions[i], ZX_POL_ACTION_KILL,
			   violate_blocking, SIGKILL, ZX_TASK_RETCODE_POLICY_KILL);
	}
}

/* Both actions, where the process cannot or does not take the exception. */
static void check_exceptions(struct __test_metadata *_metadata, zx_handle_t parent,
			     void (*body)(void), int signal)
{
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++) {
		check_dies(_metadata, parent, &conditions[i], ZX_POL_ACTION_ALLOW_EXCEPTION, body,
			   signal, ZX_TASK_RETCODE_EXCEPTION_KILL);
		check_dies(_metadata, parent, &conditions[i], ZX_POL_ACTION_DENY_EXCEPTION, body,
			   signal, ZX_TASK_RETCODE_EXCEPTION_KILL);
	}
}

TEST_F(policy, exception_without_handler)
{
	check_exceptions(_metadata, self->job, violate_without_handler, SIGSYS);
}

TEST_F(policy, exception_that_is_ignored)
{
	check_exceptions(_metadata, self->job, violate_ignoring, SIGKILL);
}

TEST_F(policy, exception_that_is_blocked)
{
	check_exceptions(_metadata, self->job, violate_blocking, SIGKILL);
}

/* Dispositions mean nothing where there is no exception. */
TEST_F(policy, deny_where_exceptions_are_blocked)
{
	int64_t code;

	EXPECT_EQ(0, run_violation(self->job, &conditions[1], ZX_POL_ACTION_DENY, 0,
				   violate_blocking, &code));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zxj_value(STATUS));
	EXPECT_EQ(0, run_violation(self->job, &conditions[1], ZX_POL_ACTION_DENY, 0,
				   violate_without_handler, &code));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zxj_value(STATUS));
}

/* Each violation raises an exception of its own. */
static void violate_often(void)
{
	prepare();
	handle_exceptions();
	for (int i = 1; i <= 100; i++) {
		CHILD_CHECK(new_event() == ZX_ERR_ACCESS_DENIED);
		CHILD_CHECK(zxj_value(SIGNALS) == i);
		/* Others raise none. */
		CHILD_CHECK(new_port() == ZX_OK);
		CHILD_CHECK(zxj_value(SIGNALS) == i);
	}
}

TEST_F(policy, many_exceptions)
{
	EXPECT_EQ(0, run_violation(self->job, &conditions[1], ZX_POL_ACTION_DENY_EXCEPTION, 1,
				   violate_often, NULL));
	EXPECT_EQ(100, zxj_value(SIGNALS));
}

static void *violate_thread(void *unused)
{
	(void)unused;
	zxj_shared->values[OTHER] = gettid();
	violate();
	return NULL;
}

/* The exception is the calling thread's, and not the first thread's. */
static void violate_in_thread(void)
{
	pthread_t thread;

	prepare();
	handle_exceptions();
	CHILD_CHECK(pthread_create(&thread, NULL, violate_thread, NULL) == 0);
	CHILD_CHECK(pthread_join(thread, NULL) == 0);
}

TEST_F(policy, exception_of_a_thread)
{
	EXPECT_EQ(0, run_violation(self->job, &conditions[1], ZX_POL_ACTION_ALLOW_EXCEPTION, 1,
				   violate_in_thread, NULL));
	EXPECT_EQ(1, zxj_value(SIGNALS));
	EXPECT_EQ(zxj_value(OTHER), zxj_value(THREAD));
	EXPECT_EQ(ZX_OK, zxj_value(STATUS));
}

TEST_F(policy, kill_by_a_thread)
{
	int64_t code = 0;

	EXPECT_EQ(128 + SIGKILL, run_violation(self->job, &conditions[1], ZX_POL_ACTION_KILL, 1,
					       violate_in_thread, &code));
	EXPECT_EQ(ZX_TASK_RETCODE_POLICY_KILL, code);
	EXPECT_EQ(0, zxj_value(SURVIVED));
}

static void wait_and_violate(void)
{
	prepare();
	zxj_arrive_until_go();
	violate();
}

/* The others of the job live, unless the process was critical. */
TEST_F(policy, kill_is_for_the_process)
{
	zx_handle_t job = job_with(self->job, ZX_POL_NEW_EVENT, ZX_POL_ACTION_KILL, 1);
	zx_handle_t process, other;

	violated = &conditions[1];
	ASSERT_LT(0, zxj_start(job, zxj_arrive, &other));
	ASSERT_LT(0, zxj_start(job, violate_without_handler, &process));
	EXPECT_EQ(ZX_TASK_RETCODE_POLICY_KILL, zxj_return_code(process));
	EXPECT_FALSE(zxj_info(job).exited);
	EXPECT_EQ(ZX_INFO_PROCESS_FLAG_STARTED, zxj_process_info(other).flags);
	ASSERT_LT(0, zxj_start(job, wait_and_violate, &process));
	ASSERT_EQ(ZX_OK, zx_job_set_critical(job, ZX_JOB_CRITICAL_PROCESS_RETCODE_NONZERO,
					     process));
	zxj_shared->go = 1;
	EXPECT_EQ(ZX_TASK_RETCODE_POLICY_KILL, zxj_return_code(process));
	EXPECT_EQ(ZX_TASK_RETCODE_CRITICAL_PROCESS_KILL, zxj_return_code(other));
	EXPECT_EQ(ZXJ_GONE, zxj_sees(job, ZX_JOB_TERMINATED));
}

/*
 * Which calls are checked, and when.
 */

/* Calls with a wrong argument, where nothing new is allowed. */

static zx_status_t event_options(void)
{
	zx_handle_t out;

	return zx_event_create(1, &out);
}

static zx_status_t event_out(void)
{
	return zx_event_create(0, NULL);
}

static zx_status_t eventpair_options(void)
{
	zx_handle_t out[2];

	return zx_eventpair_create(1, &out[0], &out[1]);
}

static zx_status_t channel_options(void)
{
	zx_handle_t out[2];

	return zx_channel_create(1, &out[0], &out[1]);
}

static zx_status_t channel_out(void)
{
	zx_handle_t out;

	return zx_channel_create(0, &out, NULL);
}

static zx_status_t fifo_options(void)
{
	zx_handle_t out[2];

	return zx_fifo_create(8, 8, 1, &out[0], &out[1]);
}

static zx_status_t fifo_count(void)
{
	zx_handle_t out[2];

	return zx_fifo_create(0, 8, 0, &out[0], &out[1]);
}

static zx_status_t socket_options(void)
{
	zx_handle_t out[2];

	return zx_socket_create(1u << 20, &out[0], &out[1]);
}

static zx_status_t port_options(void)
{
	zx_handle_t out;

	return zx_port_create(1u << 20, &out);
}

static zx_status_t timer_clock(void)
{
	zx_handle_t out;

	return zx_timer_create(0, 77, &out);
}

static zx_status_t timer_options(void)
{
	zx_handle_t out;

	return zx_timer_create(77, ZX_CLOCK_MONOTONIC, &out);
}

static zx_status_t process_options(void)
{
	zx_handle_t out;

	return zxj_create_etc(zx_job_default(), 2, ZX_HANDLE_INVALID, "x", 1, &out);
}

static zx_status_t process_name(void)
{
	zx_handle_t out;

	return zxj_create_etc(zx_job_default(), 0, ZX_HANDLE_INVALID, NULL, 1, &out);
}

static zx_status_t process_job(void)
{
	zx_handle_t out;

	return zxj_create_etc(ZX_HANDLE_INVALID, 0, ZX_HANDLE_INVALID, "x", 1, &out);
}

static const struct wrong {
	const char *name;
	zx_status_t (*call)(void);
	zx_status_t expected;
} wrong[] = {
	{ "options of an event", event_options, ZX_ERR_INVALID_ARGS },
	{ "pointer for an event", event_out, ZX_ERR_ACCESS_DENIED },
	{ "options of an eventpair", eventpair_options, ZX_ERR_NOT_SUPPORTED },
	{ "options of a channel", channel_options, ZX_ERR_INVALID_ARGS },
	{ "pointer for a channel", channel_out, ZX_ERR_ACCESS_DENIED },
	{ "options of a fifo", fifo_options, ZX_ERR_INVALID_ARGS },
	{ "count of a fifo", fifo_count, ZX_ERR_ACCESS_DENIED },
	{ "options of a socket", socket_options, ZX_ERR_ACCESS_DENIED },
	{ "options of a port", port_options, ZX_ERR_ACCESS_DENIED },
	{ "clock of a timer", timer_clock, ZX_ERR_INVALID_ARGS },
	{ "options of a timer", timer_options, ZX_ERR_ACCESS_DENIED },
	{ "options of a process", process_options, ZX_ERR_INVALID_ARGS },
	{ "name of a process", process_name, ZX_ERR_ACCESS_DENIED },
	{ "job of a process", process_job, ZX_ERR_ACCESS_DENIED },
};

/* Makes all wrong calls. An exception is raised by those that get as far as the policy. */
static void call_wrongly(void)
{
	int signals = 0;

	prepare();
	handle_exceptions();
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		zx_status_t status = wrong[i].call();

		if (status != wrong[i].expected)
			fprintf(stderr, "# %s: %d\n", wrong[i].name, status);
		CHILD_CHECK(status == wrong[i].expected);
		signals += status == ZX_ERR_ACCESS_DENIED;
		CHILD_CHECK(zxj_value(SIGNALS) == signals);
	}
}

TEST_F(policy, checks_in_order)
{
	zx_handle_t job = job_with(self->job, ZX_POL_NEW_ANY, ZX_POL_ACTION_DENY_EXCEPTION, 1);

	EXPECT_EQ(0, run(job, call_wrongly, NULL));
}

/* What no condition stands for; and what a process gets without making it. */
static void make_others(void)
{
	zx_handle_t out, copy;

	prepare();
	CHILD_CHECK(zx_counter_create(0, &out) == ZX_OK);
	CHILD_CHECK(zx_counter_add(out, 5) == ZX_OK);
	CHILD_CHECK(zx_handle_duplicate(out, ZX_RIGHT_SAME_RIGHTS, &copy) == ZX_OK);
	CHILD_CHECK(zx_clock_create(0, NULL, &out) == ZX_OK);
	CHILD_CHECK(zx_job_create(zx_job_default(), 0, &out) == ZX_OK);
	CHILD_CHECK(zx_thread_create(zx_process_self(), "x", 1, 0, &out) == ZX_OK);
	CHILD_CHECK(zx_thread_self() != ZX_HANDLE_INVALID);
	CHILD_CHECK(zx_nanosleep(ZX_TIME_INFINITE_PAST) == ZX_OK);
}

TEST_F(policy, what_is_not_checked)
{
	zx_handle_t job = job_with(self->job, ZX_POL_NEW_ANY, ZX_POL_ACTION_KILL, 1);

	EXPECT_EQ(0, run(job, make_others, NULL));
}

/* Linux' own processes are no new processes in this sense. */
static void fork_and_exit(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(new_process() == ZX_ERR_ACCESS_DENIED ? 5 : 6);
	CHILD_CHECK(zxp_reap(pid) == 5);
}

TEST_F(policy, fork_is_allowed)
{
	zx_handle_t job = job_with(self->job, ZX_POL_NEW_PROCESS, ZX_POL_ACTION_DENY, 1);

	EXPECT_EQ(0, run(job, fork_and_exit, NULL));
	EXPECT_EQ(PROCESS, denied_in(job));
	/* It is the caller's policy that counts, not that of the job. */
	ASSERT_LT(0, zxj_start(job, zxj_arrive, NULL));
}

/* Conditions that nothing here can violate; a handle of the wrong type has no action in Zircon. */
static const uint32_t stored[] = {
	ZX_POL_WRONG_OBJECT, ZX_POL_VMAR_WX, ZX_POL_NEW_VMO, ZX_POL_NEW_PROFILE, ZX_POL_NEW_PAGER,
	ZX_POL_AMBIENT_MARK_VMO_EXEC, ZX_POL_NEW_IOB, ZX_POL_NEW_SAMPLER,
};

static void make_all(void)
{
	zx_handle_t port;

	try_all();
	make_others();
	CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
	CHILD_CHECK(zx_channel_write(port, 0, NULL, 0, NULL, 0) == ZX_ERR_WRONG_TYPE);
	CHILD_CHECK(use_bad_handle() == ZX_ERR_BAD_HANDLE);
	CHILD_CHECK(zxj_value(SET) == 0);
}

TEST_F(policy, conditions_that_are_stored_only)
{
	for (size_t i = 0; i < ARRAY_SIZE(stored); i++) {
		EXPECT_EQ(ZX_OK, set(self->job, ABS, stored[i], ZX_POL_ACTION_KILL, 1));
		EXPECT_EQ(ZX_ERR_ALREADY_EXISTS,
			  set(self->job, ABS, stored[i], ZX_POL_ACTION_DENY, 1));
	}
	EXPECT_EQ(0, run(self->job, make_all, NULL));
}

/*
 * Bad handles, in all kinds of calls.
 */

static zx_status_t bad_close(void)
{
	return zx_handle_close(closed);
}

static zx_status_t bad_duplicate(void)
{
	zx_handle_t out;

	return zx_handle_duplicate(closed, ZX_RIGHT_SAME_RIGHTS, &out);
}

static zx_status_t bad_replace(void)
{
	zx_handle_t out;

	return zx_handle_replace(closed, ZX_RIGHT_SAME_RIGHTS, &out);
}

static zx_status_t bad_signal(void)
{
	return zx_object_signal(ZX_HANDLE_INVALID, 0, ZX_USER_SIGNAL_0);
}

static zx_status_t bad_wait_one(void)
{
	return zx_object_wait_one(closed, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE_PAST, NULL);
}

static zx_status_t bad_wait_many(void)
{
	zx_wait_item_t items[] = { { event, ZX_EVENT_SIGNALED, 0 }, { closed, 1, 0 } };

	return zx_object_wait_many(items, 2, ZX_TIME_INFINITE_PAST);
}

static zx_status_t bad_info(void)
{
	zx_info_handle_basic_t info;

	return zx_object_get_info(closed, ZX_INFO_HANDLE_BASIC, &info, sizeof(info), NULL, NULL);
}

static zx_status_t bad_property(void)
{
	char name[ZX_MAX_NAME_LEN];

	return zx_object_get_property(closed, ZX_PROP_NAME, name, sizeof(name));
}

static zx_status_t bad_child(void)
{
	zx_handle_t out;

	return zx_object_get_child(closed, 1, ZX_RIGHT_SAME_RIGHTS, &out);
}

static zx_status_t bad_read(void)
{
	return zx_channel_read(closed, 0, NULL, NULL, 0, 0, NULL, NULL);
}

static zx_status_t bad_write(void)
{
	return zx_channel_write(closed, 0, NULL, 0, NULL, 0);
}

/* A handle in a message. */
static zx_status_t bad_transfer(void)
{
	zx_handle_t ends[2], bad = closed;
	zx_status_t status = zx_channel_create(0, &ends[0], &ends[1]);

	return status == ZX_OK ? zx_channel_write(ends[0], 0, NULL, 0, &bad, 1) : status;
}

static zx_status_t bad_socket(void)
{
	return zx_socket_write(closed, 0, "x", 1, NULL);
}

static zx_status_t bad_fifo(void)
{
	uint64_t element = 0;

	return zx_fifo_write(closed, sizeof(element), &element, 1, NULL);
}

static zx_status_t bad_port(void)
{
	zx_port_packet_t packet = {};

	return zx_port_queue(closed, &packet);
}

static zx_status_t bad_timer(void)
{
	return zx_timer_cancel(closed);
}

static zx_status_t bad_kill(void)
{
	return zx_task_kill(closed);
}

static zx_status_t bad_job(void)
{
	zx_handle_t out;

	return zx_job_create(closed, 0, &out);
}

static zx_status_t bad_critical(void)
{
	return zx_job_set_critical(zx_job_default(), 0, closed);
}

static const struct bad {
	const char *name;
	zx_status_t (*call)(void);
} bad[] = {
	{ "close", bad_close }, { "duplicate", bad_duplicate }, { "replace", bad_replace },
	{ "signal", bad_signal }, { "wait_one", bad_wait_one }, { "wait_many", bad_wait_many },
	{ "get_info", bad_info }, { "get_property", bad_property }, { "get_child", bad_child },
	{ "channel_read", bad_read }, { "channel_write", bad_write },
	{ "handle in a message", bad_transfer }, { "socket_write", bad_socket },
	{ "fifo_write", bad_fifo }, { "port_queue", bad_port }, { "timer_cancel", bad_timer },
	{ "task_kill", bad_kill }, { "job_create", bad_job }, { "set_critical", bad_critical },
};

/* Each raises an exception, and returns what it always does. */
static void use_bad_handles(void)
{
	prepare_events();
	handle_exceptions();
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		zx_status_t status;

		zxj_shared->values[SIGNALS] = 0;
		status = bad[i].call();
		if (status != ZX_ERR_BAD_HANDLE || zxj_value(SIGNALS) < 1)
			fprintf(stderr, "# %s: %d\n", bad[i].name, status);
		CHILD_CHECK(status == ZX_ERR_BAD_HANDLE);
		CHILD_CHECK(zxj_value(SIGNALS) >= 1);
		CHILD_CHECK(zxj_value(CONDITION) == ZX_POL_BAD_HANDLE);
	}
}

TEST_F(policy, bad_handles)
{
	zx_handle_t job;

	job = job_with(self->job, ZX_POL_BAD_HANDLE, ZX_POL_ACTION_ALLOW_EXCEPTION, 1);
	EXPECT_EQ(0, run(job, use_bad_handles, NULL));
	job = job_with(self->job, ZX_POL_BAD_HANDLE, ZX_POL_ACTION_DENY_EXCEPTION, 1);
	EXPECT_EQ(0, run(job, use_bad_handles, NULL));
}

static void *use_thread(void *unused)
{
	(void)unused;
	CHILD_CHECK(zx_thread_self() != ZX_HANDLE_INVALID);
	return NULL;
}

/* What is no use of a bad handle: the questions whether one is, no handle, and the library. */
static void use_no_bad_handles(void)
{
	zx_handle_t weak, none = ZX_HANDLE_INVALID;
	zx_wait_item_t item = {};
	pthread_t thread;
	uint32_t futex = 0;

	prepare_events();
	CHILD_CHECK(zx_handle_check_valid(closed) == ZX_ERR_NOT_FOUND);
	CHILD_CHECK(zx_object_get_info(closed, ZX_INFO_HANDLE_VALID, NULL, 0, NULL, NULL) ==
		    ZX_ERR_BAD_HANDLE);
	CHILD_CHECK(zx_handle_close(ZX_HANDLE_INVALID) == ZX_OK);
	CHILD_CHECK(zx_handle_close_many(&none, 1) == ZX_OK);
	CHILD_CHECK(zx_object_wait_many(&item, 0, ZX_TIME_INFINITE_PAST) == ZX_ERR_TIMED_OUT);
	CHILD_CHECK(zx_futex_wait((zx_futex_t *)&futex, 1, ZX_HANDLE_INVALID, 0) ==
		    ZX_ERR_BAD_STATE);
	CHILD_CHECK(zx_thread_self() != ZX_HANDLE_INVALID);
	CHILD_CHECK(pthread_create(&thread, NULL, use_thread, NULL) == 0);
	CHILD_CHECK(pthread_join(thread, NULL) == 0);
	/* Handles of a wrong type, or without a right, are not bad. */
	CHILD_CHECK(zx_channel_write(event, 0, NULL, 0, NULL, 0) == ZX_ERR_WRONG_TYPE);
	CHILD_CHECK(zx_handle_duplicate(event, 0, &weak) == ZX_OK);
	CHILD_CHECK(zx_object_signal(weak, 0, ZX_EVENT_SIGNALED) == ZX_ERR_ACCESS_DENIED);
	CHILD_CHECK(zx_job_default() != ZX_HANDLE_INVALID);
}

TEST_F(policy, no_bad_handles)
{
	zx_handle_t job = job_with(self->job, ZX_POL_BAD_HANDLE, ZX_POL_ACTION_KILL, 1);
	int64_t code = -1;

	EXPECT_EQ(0, run(job, use_no_bad_handles, &code));
	EXPECT_EQ(0, code);
}

/*
 * Whose policy it is.
 */

static void exec_and_try(void)
{
	char fd[16];

	snprintf(fd, sizeof(fd), "%d", zxj_shared_fd);
	execl("/proc/self/exe", PROGRAM, fd, NULL);
	_exit(CHILD_FAILED);
}

static void fork_and_try(void)
{
	pid_t pid = fork();

	if (!pid) {
		try_all();
		_exit(0);
	}
	CHILD_CHECK(zxp_reap(pid) == 0);
}

static void exec_in_a_child(void)
{
	pid_t pid = fork();

	if (!pid)
		exec_and_try();
	CHILD_CHECK(zxp_reap(pid) == 0);
}

static void try_after_setuid(void)
{
	if (!getuid())
		zxp_become(HOSTILE);
	try_all();
}

static void *try_thread(void *unused)
{
	(void)unused;
	try_all();
	return NULL;
}

static void try_in_thread(void)
{
	pthread_t thread;

	CHILD_CHECK(pthread_create(&thread, NULL, try_thread, NULL) == 0);
	CHILD_CHECK(pthread_join(thread, NULL) == 0);
}

static void (*const tries[])(void) = {
	try_all, exec_and_try, fork_and_try, exec_in_a_child, try_after_setuid, try_in_thread,
};

/* All programs of a process and all its children have the policy of the job. */
TEST_F(policy, no_way_out)
{
	const zx_policy_basic_v2_t policy[] = {
		{ ZX_POL_NEW_FIFO, ZX_POL_ACTION_DENY, 1 },
		{ ZX_POL_NEW_CHANNEL, ZX_POL_ACTION_DENY, 1 },
	};

	ASSERT_EQ(ZX_OK, zx_job_set_policy(self->job, ABS, V2, policy, 2));
	for (size_t i = 0; i < ARRAY_SIZE(tries); i++) {
		zxj_shared->values[SET] = -1;
		EXPECT_EQ(0, run(self->job, tries[i], NULL));
		EXPECT_EQ(FIFO | CHANNEL, zxj_value(SET))
			TH_LOG("way %zu", i);
	}
	/* Others are free. */
	zxj_shared->values[SET] = -1;
	try_all();
	EXPECT_EQ(0, zxj_value(SET));
}

/* A member has all rights to its job, but that is not empty while it is there. */
static void loosen(void)
{
	CHILD_CHECK(set(zx_job_default(), ABS, ZX_POL_NEW_FIFO, ZX_POL_ACTION_ALLOW, 0) ==
		    ZX_ERR_BAD_STATE);
	/* A job below cannot be looser. */
	CHILD_CHECK(set(zxj_job(zx_job_default()), ABS, ZX_POL_NEW_FIFO, ZX_POL_ACTION_ALLOW, 0) ==
		    ZX_ERR_ALREADY_EXISTS);
}

TEST_F(policy, members_cannot_loosen_it)
{
	zx_handle_t job = job_with(self->job, ZX_POL_NEW_FIFO, ZX_POL_ACTION_DENY, 1);

	EXPECT_EQ(0, run(job, loosen, NULL));
	EXPECT_EQ(FIFO, denied_in(job));
}

/*
 * Timer slack.
 */

static zx_status_t set_slack(zx_handle_t job, zx_duration_t amount, uint32_t mode)
{
	const zx_policy_timer_slack_t policy = { .min_slack = amount, .default_mode = mode };

	return zx_job_set_policy(job, REL, SLACK, &policy, 1);
}

TEST_F(policy, slack_errors)
{
	zx_policy_timer_slack_t policy[2] = { { .min_slack = -1 }, {} };
	zx_handle_t weak = zxt_without(self->job, ZX_RIGHT_SET_POLICY), none = ZX_HANDLE_INVALID;

	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_policy(none, ABS, SLACK, policy, 1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_policy(none, 2, SLACK, policy, 1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_policy(none, REL, SLACK, NULL, 1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_policy(none, REL, SLACK, policy, 0));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_policy(none, REL, SLACK, policy, 2));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_policy(none, REL, SLACK, zxt_nowhere[0], 1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_policy(self->job, ABS, SLACK, &policy[1], 1));
	/* Then the handle, and the contents at last. */
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, set_slack(none, -1, 3));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, set_slack(zx_process_self(), -1, 3));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, set_slack(weak, -1, 3));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, set_slack(self->job, -1, ZX_TIMER_SLACK_LATE));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, set_slack(self->job, INT64_MIN, ZX_TIMER_SLACK_LATE));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, set_slack(self->job, ZX_MSEC(10), 3));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, set_slack(self->job, 0, ~0u));
	for (uint32_t mode = ZX_TIMER_SLACK_CENTER; mode <= ZX_TIMER_SLACK_LATE; mode++)
		EXPECT_EQ(ZX_OK, set_slack(self->job, ZX_MSEC(10), mode));
	EXPECT_EQ(ZX_OK, set_slack(self->job, 0, ZX_TIMER_SLACK_CENTER));
	EXPECT_EQ(ZX_OK, set_slack(self->job, INT64_MAX, ZX_TIMER_SLACK_LATE));
}

TEST_F(policy, slack_only_of_an_empty_job)
{
	zx_handle_t below = zxj_job(self->job);

	EXPECT_EQ(ZX_ERR_BAD_STATE, set_slack(self->job, ZX_MSEC(10), ZX_TIMER_SLACK_LATE));
	EXPECT_EQ(ZX_ERR_BAD_STATE, set_slack(self->job, -1, 3));
	zx_handle_close(below);
	ASSERT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_JOBS));
	EXPECT_EQ(ZX_OK, set_slack(self->job, ZX_MSEC(10), ZX_TIMER_SLACK_LATE));
}

/* In a member: the slack that a timer has which is set with @asked. */
static int64_t slack_of_timer(zx_duration_t asked)
{
	zx_info_timer_t info = { .slack = -1 };
	zx_handle_t timer;

	CHILD_CHECK(zx_timer_create(ZX_TIMER_SLACK_LATE, ZX_CLOCK_MONOTONIC, &timer) == ZX_OK);
	CHILD_CHECK(zx_timer_set(timer, zx_deadline_after(ZX_SEC(1000)), asked) == ZX_OK);
	CHILD_CHECK(zx_object_get_info(timer, ZX_INFO_TIMER, &info, sizeof(info), NULL, NULL) ==
		    ZX_OK);
	return info.slack;
}

static void tell_slacks(void)
{
	zxj_shared->values[0] = slack_of_timer(0);
	zxj_shared->values[1] = slack_of_timer(ZX_MSEC(20));
	zxj_shared->values[2] = slack_of_timer(ZX_SEC(1));
}

/* The job's slack is the least that a timer has. */
static void check_slack(struct __test_metadata *_metadata, zx_handle_t job, zx_duration_t least)
{
	EXPECT_EQ(0, run(job, tell_slacks, NULL));
	EXPECT_EQ(least, zxj_value(0));
	EXPECT_EQ(least > ZX_MSEC(20) ? least : ZX_MSEC(20), zxj_value(1));
	EXPECT_EQ(ZX_SEC(1), zxj_value(2));
	EXPECT_NE(~0u, zxj_sees(job, ZX_JOB_NO_PROCESSES));
}

/* It can be made more only, in a job and below it. */
TEST_F(policy, slack_of_timers)
{
	zx_handle_t job = zxj_job(self->job), child, grandchild;

	check_slack(_metadata, job, 0);
	ASSERT_EQ(ZX_OK, set_slack(job, ZX_MSEC(10), ZX_TIMER_SLACK_LATE));
	check_slack(_metadata, job, ZX_MSEC(10));
	EXPECT_EQ(ZX_OK, set_slack(job, ZX_USEC(5), ZX_TIMER_SLACK_CENTER));
	check_slack(_metadata, job, ZX_MSEC(10));
	EXPECT_EQ(ZX_OK, set_slack(job, ZX_MSEC(30), ZX_TIMER_SLACK_LATE));
	child = zxj_job(job);
	check_slack(_metadata, child, ZX_MSEC(30));
	EXPECT_EQ(ZX_OK, set_slack(child, ZX_MSEC(15), ZX_TIMER_SLACK_EARLY));
	check_slack(_metadata, child, ZX_MSEC(30));
	EXPECT_EQ(ZX_OK, set_slack(child, ZX_MSEC(50), ZX_TIMER_SLACK_EARLY));
	grandchild = zxj_job(child);
	check_slack(_metadata, grandchild, ZX_MSEC(50));
	check_slack(_metadata, zxj_job(job), ZX_MSEC(30));
}

/* Waits that end at a deadline. */

static zx_status_t wait_one(zx_time_t deadline)
{
	return zx_object_wait_one(event, ZX_EVENT_SIGNALED, deadline, NULL);
}

static zx_status_t wait_many(zx_time_t deadline)
{
	zx_wait_item_t item = { event, ZX_EVENT_SIGNALED, 0 };

	return zx_object_wait_many(&item, 1, deadline);
}

static zx_status_t wait_for_nothing(zx_time_t deadline)
{
	return zx_object_wait_many(NULL, 0, deadline);
}

static zx_status_t sleep_until(zx_time_t deadline)
{
	zx_status_t status = zx_nanosleep(deadline);

	return status == ZX_OK ? ZX_ERR_TIMED_OUT : status;
}

static zx_handle_t port, channel;

static zx_status_t wait_for_packet(zx_time_t deadline)
{
	zx_port_packet_t packet;

	return zx_port_wait(port, deadline, &packet);
}

static zx_status_t wait_for_reply(zx_time_t deadline)
{
	uint32_t request = 0, reply, bytes, handles;
	const zx_channel_call_args_t args = {
		.wr_bytes = &request,
		.wr_num_bytes = sizeof(request),
		.rd_bytes = &reply,
		.rd_num_bytes = sizeof(reply),
	};

	return zx_channel_call(channel, 0, deadline, &args, &bytes, &handles);
}

static zx_status_t (*const waits[])(zx_time_t deadline) = {
	wait_one, wait_many, wait_for_nothing, sleep_until, wait_for_packet, wait_for_reply,
};

/* How much before its deadline a wait may end. */
static zx_duration_t early;

static void wait_often(void)
{
	zx_handle_t server;

	prepare_events();
	CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
	CHILD_CHECK(zx_channel_create(0, &channel, &server) == ZX_OK);
	for (int i = 0; i < 20; i++) {
		for (size_t j = 0; j < ARRAY_SIZE(waits); j++) {
			zx_time_t deadline = zx_deadline_after(ZX_USEC(500) * i);

			CHILD_CHECK(waits[j](deadline) == ZX_ERR_TIMED_OUT);
			CHILD_CHECK(zx_clock_get_monotonic() >= deadline - early);
			CHILD_CHECK(waits[j](ZX_TIME_INFINITE_PAST) == ZX_ERR_TIMED_OUT);
		}
	}
}

/* A wait may end as much too early as the job says, and not at all with LATE. */
TEST_F(policy, slack_of_waits)
{
	for (uint32_t mode = ZX_TIMER_SLACK_CENTER; mode <= ZX_TIMER_SLACK_LATE; mode++) {
		zx_handle_t job = zxj_job(self->job);

		early = mode == ZX_TIMER_SLACK_LATE ? 0 : ZX_MSEC(3);
		ASSERT_EQ(ZX_OK, set_slack(job, ZX_MSEC(3), mode));
		EXPECT_EQ(0, run(job, wait_often, NULL))
			TH_LOG("mode %u", mode);
	}
}

static void *signal_event(void *tid)
{
	if (!zxt_sleeps(tid))
		abort();
	zx_object_signal(event, 0, ZX_EVENT_SIGNALED);
	return NULL;
}

/* Waits for what comes, with deadlines that the slack takes beyond the end of time. */
static void wait_for_ever(void)
{
	const zx_time_t deadlines[] = { ZX_TIME_INFINITE, ZX_TIME_INFINITE - 1 };

	prepare_events();
	for (size_t i = 0; i < ARRAY_SIZE(deadlines); i++) {
		_Atomic pid_t tid = gettid();
		pthread_t thread;

		CHILD_CHECK(zx_object_signal(event, ZX_EVENT_SIGNALED, 0) == ZX_OK);
		CHILD_CHECK(pthread_create(&thread, NULL, signal_event, &tid) == 0);
		CHILD_CHECK(wait_one(deadlines[i]) == ZX_OK);
		CHILD_CHECK(pthread_join(thread, NULL) == 0);
	}
}

TEST_F(policy, slack_without_end)
{
	ASSERT_EQ(ZX_OK, set_slack(self->job, INT64_MAX, ZX_TIMER_SLACK_LATE));
	EXPECT_EQ(0, run(self->job, wait_for_ever, NULL));
}

int main(int argc, char **argv)
{
	if (!strcmp(argv[0], PROGRAM)) {
		if (argc != 2 || !zxj_share(atoi(argv[1])))
			return CHILD_FAILED;
		try_all();
		return 0;
	}
	return test_harness_run(argc, argv);
}
