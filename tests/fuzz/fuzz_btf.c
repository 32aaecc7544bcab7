/* SPDX-License-Identifier: MIT */
/* A blob of types, of a kernel or of a module: no query reads outside it. */
#include "fuzz.h"

#include <errno.h>

#include "btf.h"

/* Reads all names, so that a sanitizer checks them. */
static void look_at(const struct btf *btf, uint32_t id) {
  uint32_t value, type;
  const char *name;
  size_t names = (size_t)btf->strings_first + btf->strings_size;
  FUZZ_EXPECT(strlen(btf_name(btf, id)) < names);
  btf_kind(btf, btf_plain(btf, id));
  btf_kind(btf, btf_target(btf, id));
  uint32_t i = 0;
  while (btf_enumerator(btf, id, i, &name, &value)) {
    FUZZ_EXPECT(strlen(name) < names);
    i++;
  }
  for (i = 0; btf_argument(btf, id, i, &type); i++)
    btf_kind(btf, type);
  if (btf_member_offset(btf, id, "protocol", &value) == 0)
    FUZZ_EXPECT(btf_kind(btf, id) == BTF_KIND_STRUCT ||
                btf_kind(btf, id) == BTF_KIND_UNION);
}

/* Parses a copy as the types of a kernel, or of base's module. */
static bool parse(struct btf *btf, const struct btf *base, const uint8_t *data,
                  size_t size) {
  struct btf_error error = {.expected = NULL};
  void *copy = malloc(size > 0 ? size : 1);
  if (copy == NULL)
    return false;
  memcpy(copy, data, size);
  int r = btf_parse_module(btf, base, copy, size, &error);
  if (r == 0)
    return true;
  FUZZ_EXPECT(r == -EBADMSG && error.expected != NULL);
  FUZZ_EXPECT(error.offset <= size);
  free(copy);
  return false;
}

static void look_at_all(const struct btf *btf) {
  for (uint32_t id = 0; id <= btf->count; id++)
    look_at(btf, id);
  FUZZ_EXPECT(btf_find(btf, BTF_KIND_ENUM, "skb_drop_reason") < btf->count);
  for (uint32_t id = btf_next(btf, BTF_KIND_ENUM, 0); id != 0;
       id = btf_next(btf, BTF_KIND_ENUM, id))
    FUZZ_EXPECT(id >= btf->first && id < btf->count);
}

/* Looks at the blob as types of a module. */
static void look_at_module(const struct btf *base, const uint8_t *data,
                           size_t size) {
  struct btf module = {.count = 0};
  if (!parse(&module, base, data, size))
    return;
  look_at_all(&module);
  btf_free(&module);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const struct btf_type *no_types[1];
  static const struct btf empty = {
      .strings = "", .strings_size = 1, .types = no_types, .count = 1};
  struct btf btf = {.count = 0};
  look_at_module(&empty, data, size);
  if (!parse(&btf, NULL, data, size))
    return 0;
  look_at_all(&btf);
  look_at_module(&btf, data, size);
  btf_free(&btf);
  return 0;
}
