/* SPDX-License-Identifier: MIT */
/* The subcommands of netloss. To add one, write its file and name it here and
 * in netloss.c. */
#ifndef COMMAND_H
#define COMMAND_H

struct arguments;

/* The exit status of every subcommand. */
enum command_status {
  COMMAND_OKAY,   /* nothing is being lost, nothing is worth changing */
  COMMAND_LOSING, /* something is */
  COMMAND_USAGE,  /* a mistake on the command line or in the configuration */
  COMMAND_FAILED, /* nothing could be read */
};

struct command {
  const char *name;
  const char *other_name; /* or NULL */
  const char *operand;    /* the name that it expects: "LAYER"; NULL: none */
  const char *options;    /* letters of the options that it has: see
                             arguments.c */
  const char *summary;
  const char *help; /* further lines, each ended; or NULL */
  int (*run)(const struct arguments *arguments);
};

extern const struct command explain_command;
extern const struct command live_command;
extern const struct command log_command;
extern const struct command read_command;
extern const struct command settings_command;
extern const struct command show_command;

#endif
