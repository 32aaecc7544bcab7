#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# usage: strings -n 8 PROGRAM... | log_lines.pl MARKDOWN
#
# Each line that a table with the heading "collectd's log says" quotes must be one
# that a program can print: part of one of its formats, read from standard input,
# filled in. Prints those that are not, and nothing else.
use strict;
use warnings;

# The formats, cut into characters and conversions.
my @formats;
while (my $line = <STDIN>) {
  chomp $line;
  my @tokens = $line =~ /%[-0-9.*]*(?:[hlzjt]*[a-zA-Z])|./g;
  my @words = grep { length >= 8 } map { s/^ +| +$//gr }
    split /%[-0-9.*]*[hlzjt]*[a-zA-Z]/, $line;
  push @formats, { tokens => \@tokens, words => \@words } if @words;
}

# Any beginning of what the tokens can become. A conversion becomes a word, or a
# few.
sub beginning {
  my $pattern = '';
  for my $token (reverse @_) {
    my $one = length $token > 1 ? '(?:\S*|.{0,25}?)' : quotemeta $token;
    $pattern = "(?:$one$pattern)?";
  }
  return $pattern;
}

# Not all that is quoted may be what is filled in.
sub is_said {
  my ($quoted) = @_;
  for my $format (@formats) {
    next unless grep { index($quoted, substr $_, 0, 20) >= 0
        || index($_, $quoted) >= 0 }
      @{$format->{words}};
    my $tokens = $format->{tokens};
    for my $first (0 .. $#$tokens) {
      my $pattern = beginning(@$tokens[$first .. $#$tokens]);
      return 1 if $quoted =~ /^$pattern$/;
    }
  }
  return 0;
}

my ($name) = @ARGV;
open my $file, '<', $name or die "$name: $!\n";
my ($inside, $count) = (0, 0);
while (my $line = <$file>) {
  $inside = 1 if $line =~ /^\| collectd's log says \|/;
  $inside = 0 unless $line =~ /^\|/;
  next unless $inside && $line =~ /^\| (?:``(.*?)``|`(.*?)`) \|/;
  my $quoted = $1 // $2;
  $count++;
  (my $said = $quoted) =~ s/^[a-z_]+ plugin: //;
  $said =~ s/^\.\.\.\s*//;
  $said =~ s/\s*\.\.\.$//;
  print "nothing says: $quoted\n" unless is_said($said);
}
print "$name quotes no line\n" if $count == 0;
