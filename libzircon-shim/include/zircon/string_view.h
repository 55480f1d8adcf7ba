/* SPDX-License-Identifier: MIT */
/* A constant string with its length, as a call returns it. */
#ifndef ZIRCON_STRING_VIEW_H_
#define ZIRCON_STRING_VIEW_H_

#include <stddef.h>

/*
 * The string is valid for as long as the program runs. In C++ the value turns into std::string,
 * std::string_view and other types that can be made from a pointer to char and a length. No C++
 * library header is needed for that.
 */
typedef struct zx_string_view {
	const char *c_str; /* UTF-8, with a NUL at the end */
	size_t length;	   /* without the NUL */

#ifdef __cplusplus
	using value_type = char;
	using const_pointer = const char *;
	using size_type = size_t;

	const_pointer data() const { return c_str; }
	size_type size() const { return length; }

	template <class View, class Pointer = typename View::const_pointer,
		  size_t = sizeof(View(Pointer(nullptr), size_t(0))),
		  int (*)[sizeof(typename View::value_type) == 1 ? 1 : -1] = nullptr>
	operator View() const
	{
		return View(reinterpret_cast<Pointer>(c_str), length);
	}
#endif
} zx_string_view_t;

#endif /* ZIRCON_STRING_VIEW_H_ */
