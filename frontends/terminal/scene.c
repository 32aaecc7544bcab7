/* SPDX-License-Identifier: MIT */
#include "scene.h"

#include <string.h>
#include <sys/utsname.h>

#include "namespaces_search.h"

/* Names host and kernel. Of the kernel's version the first two numbers are
 * enough. */
static void name_host(struct scene *scene) {
  struct utsname system;
  if (uname(&system) != 0)
    return;
  char *end = strchr(system.release, '.');
  size_t length = strlen(system.release);
  if (end != NULL)
    length = (size_t)(end + 1 + strspn(end + 1, "0123456789") - system.release);
  TEXT_FILL(scene->host, "%s", system.nodename);
  TEXT_FILL(scene->kernel, "%s %.*s", system.sysname, (int)length,
            system.release);
}

int scene_open(struct scene *ret, const struct arguments *arguments) {
  /* A daemon leaves out virtual interfaces for the sake of its series. */
  static const struct sample_option options[] = {
      {"nic_ethtool", "Interface", {.kind = CONFIG_STRING, .string = "/./"}},
      {.name = NULL},
  };
  *ret = (struct scene){0};
  name_host(ret);
  if (!arguments->watches_containers)
    namespaces_search_count(&ret->unwatched);
  return sample_open(&ret->sample, arguments, options);
}

void scene_close(struct scene *scene) {
  sample_close(scene->sample);
  ladder_free(&scene->ladder);
}

static const char *problem_of(const struct sample_layer *layer) {
  if (layer->is_started && layer->result == 0)
    return NULL;
  return layer->problem[0] != '\0' ? layer->problem : "it could not be read";
}

int scene_update_by(struct scene *scene, ladder_explain *explain, void *data) {
  struct ladder *ladder = &scene->ladder;
  size_t count;
  const struct sample_layer *layers = sample_layers(scene->sample, &count);
  ladder_begin(ladder, sample_elapsed(scene->sample));
  for (size_t i = 0; i < count; i++)
    ladder_layer(ladder, layers[i].layer, problem_of(&layers[i]));
  sample_each(scene->sample, ladder_take, ladder);
  return ladder_end(ladder, explain, data);
}

int scene_update(struct scene *scene) {
  return scene_update_by(scene, sample_explain, scene->sample);
}
