// The kernel calls that Swift's Glibc module cannot make: variadics, macros and newer headers.
// Every function returns 0 or a value on success and -1 with errno set, owns nothing and
// allocates nothing.
#ifndef RIG_CLINUX_H
#define RIG_CLINUX_H

#endif
