/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rounds of a race: in each round several threads run one action each, all at the same time. A test
 * defines its own struct race, which the actions share. Also: which thread runs first.
 */
#ifndef ZXRACE_H
#define ZXRACE_H

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

#define RACERS 4

struct race;

struct racers {
	pthread_barrier_t begin, end;	/* of a round */
	bool stop;
	struct racer {
		pthread_t thread;
		struct racers *racers;
		struct race *race;
		void (*action)(struct race *race);
	} racer[RACERS];
};

static inline void *racer_thread(void *arg)
{
	struct racer *racer = arg;

	for (;;) {
		pthread_barrier_wait(&racer->racers->begin);
		if (racer->racers->stop)
			return NULL;
		racer->action(racer->race);
		pthread_barrier_wait(&racer->racers->end);
	}
}

static inline void racers_start(struct racers *racers, struct race *race,
				void (*const actions[RACERS])(struct race *race))
{
	pthread_barrier_init(&racers->begin, NULL, RACERS + 1);
	pthread_barrier_init(&racers->end, NULL, RACERS + 1);
	racers->stop = false;
	for (int i = 0; i < RACERS; i++) {
		struct racer *racer = &racers->racer[i];

		racer->racers = racers;
		racer->race = race;
		racer->action = actions[i];
		if (pthread_create(&racer->thread, NULL, racer_thread, racer))
			abort();
	}
}

/* Runs the action of each thread once. */
static inline void racers_round(struct racers *racers)
{
	pthread_barrier_wait(&racers->begin);
	pthread_barrier_wait(&racers->end);
}

static inline void racers_stop(struct racers *racers)
{
	racers->stop = true;
	pthread_barrier_wait(&racers->begin);
	for (int i = 0; i < RACERS; i++)
		pthread_join(racers->racer[i].thread, NULL);
}

/* Keeps this thread, and those that it creates from now on, on the processor that it runs on. */
static inline bool stay_here(void)
{
	cpu_set_t here;

	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	return sched_setaffinity(0, sizeof(here), &here) == 0;
}

/* While this thread can run, no other runs on its processor from now on. False: only root may. */
static inline bool run_first(void)
{
	return sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ .sched_priority = 1 }) == 0;
}

#endif /* ZXRACE_H */
