// SPDX-License-Identifier: MIT
/* <zircon/listnode.h>. It is compiled as C and as C++. */
#include <zircon/listnode.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

/* The node is not the first member, so that a wrong offset is seen. */
struct element {
	int number;
	list_node_t node;
};

#define COUNT 8

static struct element elements[COUNT];

static struct element *element_of(list_node_t *node)
{
	return containerof(node, struct element, node);
}

/* Clears all elements, and makes a list of those whose numbers are in @numbers. */
static void make(list_node_t *list, const char *numbers)
{
	list_initialize(list);
	for (const char *number = numbers; *number; number++)
		list_add_tail(list, &elements[*number - '0'].node);
}

static void clear_all(void)
{
	for (int i = 0; i < COUNT; i++) {
		elements[i].number = i;
		list_clear_node(&elements[i].node);
	}
}

/* Does @list have the elements with these numbers, from both ends, and is its length right? */
static bool is(list_node_t *list, const char *numbers)
{
	size_t length = strlen(numbers), i = 0;
	list_node_t *node;

	for (node = list->next; node != list && i < length; node = node->next, i++)
		if (element_of(node)->number != numbers[i] - '0' || !list_in_list(node))
			return false;
	if (node != list || i != length)
		return false;
	for (node = list->prev; node != list && i > 0; node = node->prev)
		if (element_of(node)->number != numbers[--i] - '0')
			return false;
	return node == list && i == 0 && list_length(list) == length &&
	       list_is_empty(list) == (length == 0);
}

static void test_initial_values(void)
{
	list_node_t list = LIST_INITIAL_VALUE(list), node = LIST_INITIAL_CLEARED_VALUE;

	TEST(list_is_empty(&list) && list_length(&list) == 0 && list_in_list(&list));
	TEST(!list_in_list(&node));
	list_add_head(&list, &node);
	TEST(list_in_list(&node) && !list_is_empty(&list) && list.next == &node);
	list_initialize(&list);
	list_clear_node(&node);
	TEST(list_is_empty(&list) && !list_in_list(&node));
}

static void test_adding(void)
{
	list_node_t list;

	clear_all();
	make(&list, "");
	TEST(is(&list, ""));
	list_add_head(&list, &elements[1].node);
	TEST(is(&list, "1"));
	list_add_head(&list, &elements[0].node);
	TEST(is(&list, "01"));
	list_add_tail(&list, &elements[2].node);
	TEST(is(&list, "012"));
	list_add_after(&elements[0].node, &elements[3].node);
	TEST(is(&list, "0312"));
	list_add_before(&elements[0].node, &elements[4].node);
	TEST(is(&list, "40312"));
	list_add_after(&elements[2].node, &elements[5].node);
	TEST(is(&list, "403125"));
}

static void test_removing(void)
{
	list_node_t list;

	clear_all();
	make(&list, "01234");
	list_delete(&elements[2].node);
	TEST(is(&list, "0134") && !list_in_list(&elements[2].node));
	TEST(list_remove_head(&list) == &elements[0].node && is(&list, "134"));
	TEST(!list_in_list(&elements[0].node));
	TEST(list_remove_tail(&list) == &elements[4].node && is(&list, "13"));
	TEST(list_remove_tail_type(&list, struct element, node) == &elements[3]);
	TEST(list_remove_head_type(&list, struct element, node) == &elements[1]);
	TEST(is(&list, ""));
	TEST(!list_remove_head(&list) && !list_remove_tail(&list));
	TEST(!list_remove_head_type(&list, struct element, node));
	TEST(!list_remove_tail_type(&list, struct element, node));
	TEST(is(&list, ""));
}

static void test_replacing(void)
{
	list_node_t list;

	clear_all();
	make(&list, "012");
	list_replace_node(&elements[0].node, &elements[3].node);
	TEST(is(&list, "312") && !list_in_list(&elements[0].node));
	list_replace_node(&elements[2].node, &elements[4].node);
	TEST(is(&list, "314"));
	make(&list, "5");
	list_replace_node(&elements[5].node, &elements[6].node);
	TEST(is(&list, "6"));
}

static void test_looking(void)
{
	list_node_t list;

	clear_all();
	make(&list, "");
	TEST(!list_peek_head(&list) && !list_peek_tail(&list));
	TEST(!list_peek_head_type(&list, struct element, node));
	TEST(!list_peek_tail_type(&list, struct element, node));
	TEST(!list_next_wrap(&list, &list) && !list_prev_wrap(&list, &list));

	make(&list, "012");
	TEST(list_peek_head(&list) == &elements[0].node);
	TEST(list_peek_tail(&list) == &elements[2].node);
	TEST(list_peek_head_type(&list, struct element, node) == &elements[0]);
	TEST(list_peek_tail_type(&list, struct element, node) == &elements[2]);
	TEST(is(&list, "012"));

	TEST(list_next(&list, &elements[0].node) == &elements[1].node);
	TEST(!list_next(&list, &elements[2].node));
	TEST(list_next(&list, &list) == &elements[0].node);
	TEST(list_prev(&list, &elements[2].node) == &elements[1].node);
	TEST(!list_prev(&list, &elements[0].node));
	TEST(list_next_type(&list, &elements[1].node, struct element, node) == &elements[2]);
	TEST(!list_next_type(&list, &elements[2].node, struct element, node));
	TEST(list_prev_type(&list, &elements[1].node, struct element, node) == &elements[0]);
	TEST(!list_prev_type(&list, &elements[0].node, struct element, node));

	TEST(list_next_wrap(&list, &elements[0].node) == &elements[1].node);
	TEST(list_next_wrap(&list, &elements[2].node) == &elements[0].node);
	TEST(list_prev_wrap(&list, &elements[2].node) == &elements[1].node);
	TEST(list_prev_wrap(&list, &elements[0].node) == &elements[2].node);
	TEST(list_next_wrap_type(&list, &elements[2].node, struct element, node) == &elements[0]);
	TEST(list_prev_wrap_type(&list, &elements[0].node, struct element, node) == &elements[2]);

	/* The next of the only element is the element itself. */
	make(&list, "3");
	TEST(list_next_wrap(&list, &elements[3].node) == &elements[3].node);
	TEST(list_prev_wrap(&list, &elements[3].node) == &elements[3].node);
}

static void test_loops(void)
{
	list_node_t list, *node, *next_node;
	struct element *element, *next_element;
	int sum = 0, order = 0;

	clear_all();
	make(&list, "");
	list_for_every(&list, node)
		sum++;
	list_for_every_safe(&list, node, next_node)
		sum++;
	list_for_every_entry(&list, element, struct element, node)
		sum++;
	list_for_every_entry_safe(&list, element, next_element, struct element, node)
		sum++;
	TEST(sum == 0);

	make(&list, "1234");
	list_for_every(&list, node)
		order = order * 10 + element_of(node)->number;
	TEST(order == 1234);
	order = 0;
	list_for_every_entry(&list, element, struct element, node)
		order = order * 10 + element->number;
	TEST(order == 1234);

	/* The safe loops may remove the current element. */
	order = 0;
	list_for_every_safe(&list, node, next_node) {
		order = order * 10 + element_of(node)->number;
		if (element_of(node)->number % 2)
			list_delete(node);
	}
	TEST(order == 1234 && is(&list, "24"));
	order = 0;
	list_for_every_entry_safe(&list, element, next_element, struct element, node) {
		order = order * 10 + element->number;
		list_delete(&element->node);
	}
	TEST(order == 24 && is(&list, ""));
}

static void test_whole_lists(void)
{
	list_node_t list, other;

	clear_all();
	make(&list, "01");
	make(&other, "234");
	list_splice_after(&other, &elements[0].node);
	TEST(is(&list, "02341") && is(&other, ""));
	list_splice_after(&other, &list);
	TEST(is(&list, "02341"));
	make(&other, "56");
	list_splice_after(&other, &list);
	TEST(is(&list, "5602341") && is(&other, ""));

	list_split_after(&list, &elements[0].node, &other);
	TEST(is(&list, "560") && is(&other, "2341"));
	list_move(&other, &list);
	TEST(is(&list, "2341") && is(&other, ""));
	list_split_after(&list, &elements[1].node, &other);
	TEST(is(&list, "2341") && is(&other, ""));
	list_split_after(&list, &list, &other);
	TEST(is(&list, "") && is(&other, "2341"));
	list_move(&list, &other);
	TEST(is(&list, "") && is(&other, ""));
}

/* Random changes, to the list and to a string that says what must be in it. */
static void test_random_changes(void)
{
	char numbers[COUNT + 1] = "";
	list_node_t list;

	clear_all();
	list_initialize(&list);
	srand(1);
	for (int round = 0; round < 20000; round++) {
		int i = rand() % COUNT;
		char *at = strchr(numbers, '0' + i);
		char number[2] = { (char)('0' + i), '\0' };
		char rest[COUNT + 1];

		TEST(list_in_list(&elements[i].node) == (at != NULL));
		if (at && rand() % 2) {
			list_delete(&elements[i].node);
			memmove(at, at + 1, strlen(at));
		} else if (at) {
			/* What is after @at comes first. */
			list_node_t tail;

			list_split_after(&list, &elements[i].node, &tail);
			list_splice_after(&tail, &list);
			strcpy(rest, at + 1);
			at[1] = '\0';
			strcat(rest, numbers);
			strcpy(numbers, rest);
		} else if (rand() % 2) {
			list_add_head(&list, &elements[i].node);
			strcpy(rest, numbers);
			strcpy(numbers, number);
			strcat(numbers, rest);
		} else {
			list_add_tail(&list, &elements[i].node);
			strcat(numbers, number);
		}
		TEST(is(&list, numbers));
	}
}

int main(void)
{
	test_initial_values();
	test_adding();
	test_removing();
	test_replacing();
	test_looking();
	test_loops();
	test_whole_lists();
	test_random_changes();
	printf("%d checks, %d failed\n", run, failed);
	return failed != 0;
}
