#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# usage: strings -n 8 PROGRAM... | log_lines.pl MARKDOWN
#
# Prints each line, quoted in a table with the heading "collectd's log says",
# that no program can print. Standard input has the programs' strings; a quoted
# line must be part of one of them, taken as a printf format and filled in.
use strict;
use warnings;

# The formats, split into characters and conversions.
my @formats;
while (my $line = <STDIN>) {
  chomp $line;
  my @tokens = $line =~ /%[-0-9.*]*(?:[hlzjt]*[a-zA-Z])|./g;
  my @words = grep { length >= 8 } map { s/^ +| +$//gr }
    split /%[-0-9.*]*[hlzjt]*[a-zA-Z]/, $line;
  push @formats, { tokens => \@tokens, words => \@words } if @words;
}

# Returns a pattern of all beginnings of what the tokens can print. A conversion
# prints a word, or a few.
sub beginning {
  my $pattern = '';
  for my $token (reverse @_) {
    my $one = length $token > 1 ? '(?:\S*|.{0,25}?)' : quotemeta $token;
    $pattern = "(?:$one$pattern)?";
  }
  return $pattern;
}

# A format matches only if the quoted line contains some of its fixed text.
sub is_printable {
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
  (my $text = $quoted) =~ s/^[a-z_]+ plugin: //;
  $text =~ s/^\.\.\.\s*//;
  $text =~ s/\s*\.\.\.$//;
  print "no program prints: $quoted\n" unless is_printable($text);
}
print "$name quotes no line\n" if $count == 0;
