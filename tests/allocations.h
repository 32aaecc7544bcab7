/* SPDX-License-Identifier: MIT */
/* Counts a program's allocations and the blocks in use. Exactly one file of the
 * program includes this. It replaces the C library's functions; the sanitizers,
 * which have their own allocator, call a hook instead. With
 * ALLOCATIONS_OF_LIBRARIES defined before, it counts those of libraries, too,
 * the C library's included. */
#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

#include <stdatomic.h>
#include <stddef.h>

static atomic_size_t allocations_made;
static atomic_size_t allocations_freed;

/* Allocations of all threads since the program began. */
static inline size_t allocations_count(void) {
  return atomic_load(&allocations_made);
}

/* Blocks that were allocated and not freed. */
static inline size_t allocations_in_use(void) {
  return atomic_load(&allocations_made) - atomic_load(&allocations_freed);
}

/* Lets the next good allocations succeed and then bad ones fail. Has no effect
 * with a sanitizer's allocator. */
static atomic_size_t allocations_good;
static atomic_size_t allocations_bad;

static inline void allocations_fail(size_t good, size_t bad) {
  atomic_store(&allocations_good, good);
  atomic_store(&allocations_bad, bad);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ALLOCATIONS_HOOK
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||     \
    __has_feature(memory_sanitizer)
#define ALLOCATIONS_HOOK
#endif
#endif

#ifdef ALLOCATIONS_HOOK

int __sanitizer_install_malloc_and_free_hooks(
    void (*on_malloc)(const volatile void *, size_t),
    void (*on_free)(const volatile void *));

static void allocations_on_malloc(const volatile void *memory, size_t size) {
  (void)memory;
  (void)size;
  atomic_fetch_add(&allocations_made, 1);
}

static void allocations_on_free(const volatile void *memory) {
  if (memory != NULL)
    atomic_fetch_add(&allocations_freed, 1);
}

__attribute__((constructor)) static void allocations_install(void) {
  __sanitizer_install_malloc_and_free_hooks(allocations_on_malloc,
                                            allocations_on_free);
}

#else

#ifdef ALLOCATIONS_OF_LIBRARIES
#pragma GCC visibility push(default)
#endif

/* glibc's names of the replaced functions. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

static int allocations_fails(void) {
  if (atomic_load(&allocations_bad) == 0)
    return 0;
  if (atomic_load(&allocations_good) > 0) {
    atomic_fetch_sub(&allocations_good, 1);
    return 0;
  }
  atomic_fetch_sub(&allocations_bad, 1);
  return 1;
}

void *malloc(size_t size) {
  if (allocations_fails())
    return NULL;
  atomic_fetch_add(&allocations_made, 1);
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  if (allocations_fails())
    return NULL;
  atomic_fetch_add(&allocations_made, 1);
  return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
  if (allocations_fails())
    return NULL;
  atomic_fetch_add(&allocations_made, 1);
  if (memory != NULL)
    atomic_fetch_add(&allocations_freed, 1);
  return __libc_realloc(memory, size);
}

void free(void *memory) {
  if (memory != NULL)
    atomic_fetch_add(&allocations_freed, 1);
  __libc_free(memory);
}

#ifdef ALLOCATIONS_OF_LIBRARIES
#pragma GCC visibility pop
#endif

#endif
#endif
