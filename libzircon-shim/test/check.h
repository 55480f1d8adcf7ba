/* SPDX-License-Identifier: MIT */
/* What the programs of this directory share: a condition that must hold, and how many did not. */
#ifndef TEST_CHECK_H
#define TEST_CHECK_H

#include <stdio.h>

static int failed, run;

#define TEST(condition)                                                              \
	do {                                                                         \
		run++;                                                               \
		if (!(condition)) {                                                  \
			failed++;                                                    \
			printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);       \
		}                                                                    \
	} while (0)

#endif /* TEST_CHECK_H */
