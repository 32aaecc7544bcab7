/* SPDX-License-Identifier: MIT */
/* This host: all its layers, and the ladder made of their last read. */
#ifndef SCENE_H
#define SCENE_H

#include "ladder.h"
#include "sample.h"

struct scene {
  struct sample *sample;
  struct ladder ladder;
  char host[65];
  char kernel[80];  /* "Linux 6.18" */
  size_t unwatched; /* network namespaces that processes are in */
};

/* As sample_open(). */
int scene_open(struct scene *ret, const struct arguments *arguments);
void scene_close(struct scene *scene);

/* Makes the ladder of the last read. Returns 0 or -ENOMEM. */
int scene_update(struct scene *scene);

/* The same, explained by another function. */
int scene_update_by(struct scene *scene, ladder_explain *explain, void *data);

#endif
