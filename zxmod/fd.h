/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Handles and file descriptors.
 *
 *   export	moves a handle from a table into a new file. Poll of the file shows the object's
 *		signals. The handle in the file counts like one in a table.
 *   import	moves the handle from such a file into a table. The file remains, without a handle.
 *   watch	makes a file that has no handle and becomes readable when one of certain signals is
 *		up, until the handle is closed or replaced, exported, shared, received, or sent with
 *		fewer rights.
 */
#ifndef ZXMOD_FD_H
#define ZXMOD_FD_H

struct file;
struct zx_handle_table;

int zx_fd_status(long err);
int zx_no_fasync(int fd, struct file *file, int on);

long zxl_ioc_handle_export(struct zx_handle_table *table, void *args);
long zxl_ioc_handle_import(struct zx_handle_table *table, void *args);
long zxl_ioc_handle_watch(struct zx_handle_table *table, void *args);

#endif /* ZXMOD_FD_H */
