#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# usage: links.pl MARKDOWN
#
# Prints each broken link of the file: to a file that does not exist, or to a
# heading that a Markdown file lacks. Ignores links to web sites.
use strict;
use warnings;
use File::Basename 'dirname';

# Returns the lines of a file without blocks of code.
sub prose {
  my ($name) = @_;
  open my $file, '<:encoding(UTF-8)', $name or die "$name: $!\n";
  my ($inside, @lines) = 0;
  while (my $line = <$file>) {
    chomp $line;
    if ($line =~ /^```/) {
      $inside = !$inside;
      next;
    }
    push @lines, $line unless $inside || $line =~ /^    /;
  }
  return @lines;
}

# Returns the anchor that GitHub makes for a heading.
sub anchor {
  my $text = lc shift;
  $text =~ s/\[([^\]]*)\]\([^)]*\)/$1/g;
  $text =~ s/[^\p{Word}\- ]//g;
  $text =~ tr/ /-/;
  return $text;
}

my %anchors;

sub has_anchor {
  my ($name, $wanted) = @_;
  if (!$anchors{$name}) {
    my %seen;
    for my $line (prose($name)) {
      my ($text) = $line =~ /^#+\s+(.*?)\s*$/ or next;
      my $anchor = anchor($text);
      my $again = $seen{$anchor}++;
      $anchors{$name}{$again ? "$anchor-$again" : $anchor} = 1;
    }
  }
  return $anchors{$name}{$wanted};
}

my ($name) = @ARGV;
my $folder = dirname($name);
# The text or target of a link may continue on the next line.
my $text = join "\n", prose($name);
$text =~ s/`[^`\n]*`//g;
while ($text =~ /\]\(\s*([^)\s]+)\s*\)/g) {
  my $target = $1;
  next if $target =~ /^[a-z]+:/;
  my ($path, $heading) = $target =~ /^([^#]*)(?:#(.*))?$/;
  my $file = $path eq '' ? $name : "$folder/$path";
  $file =~ s{^\./}{};
  if (!-e $file) {
    print "$name: $target does not exist\n";
  } elsif (defined $heading && !has_anchor($file, $heading)) {
    print "$name: $target: no such heading\n";
  }
}
