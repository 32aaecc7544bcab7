/* SPDX-License-Identifier: MIT */
/* A blob of types: no query reads outside it. */
#include "fuzz.h"

#include <errno.h>

#include "btf.h"

/* Reads all names, so that a sanitizer checks them. */
static void look_at(const struct btf *btf, uint32_t id) {
  uint32_t value, type;
  const char *name;
  FUZZ_EXPECT(strlen(btf_name(btf, id)) < btf->strings_size);
  btf_kind(btf, btf_plain(btf, id));
  btf_kind(btf, btf_target(btf, id));
  uint32_t i = 0;
  while (btf_enumerator(btf, id, i, &name, &value)) {
    FUZZ_EXPECT(strlen(name) < btf->strings_size);
    i++;
  }
  for (i = 0; btf_argument(btf, id, i, &type); i++)
    btf_kind(btf, type);
  if (btf_member_offset(btf, id, "protocol", &value) == 0)
    FUZZ_EXPECT(btf_kind(btf, id) == BTF_KIND_STRUCT ||
                btf_kind(btf, id) == BTF_KIND_UNION);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct btf btf = {.count = 0};
  struct btf_error error = {.expected = NULL};
  void *copy = malloc(size > 0 ? size : 1);
  if (copy == NULL)
    return 0;
  memcpy(copy, data, size);
  int r = btf_parse(&btf, copy, size, &error);
  if (r < 0) {
    FUZZ_EXPECT(r == -EBADMSG && error.expected != NULL);
    FUZZ_EXPECT(error.offset <= size);
    free(copy);
    return 0;
  }
  for (uint32_t id = 0; id <= btf.count; id++)
    look_at(&btf, id);
  FUZZ_EXPECT(btf_find(&btf, BTF_KIND_ENUM, "skb_drop_reason") < btf.count);
  btf_free(&btf);
  return 0;
}
