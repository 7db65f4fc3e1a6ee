/* <assert.h>: may be included again with another NDEBUG, so there is no include guard. */
#undef assert
#ifdef NDEBUG
#define assert(ignore) ((void)0)
#else
#define assert(expression)                                                                         \
    ((expression) ? (void)0 : __assert_fail(#expression, __FILE__, __LINE__, __func__))
#endif

#ifndef static_assert
#define static_assert _Static_assert
#endif

_Noreturn void __assert_fail(const char *expression, const char *file, int line, const char *func);
