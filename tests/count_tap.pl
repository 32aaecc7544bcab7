#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Counts the tests in the TAP files that run_tap.sh wrote below a directory. Names
# those that were skipped or failed; the last line has the counts. A program that
# exits with an error, or before all its planned tests, counts as one failed test,
# unless one of its tests failed.
use strict;
use warnings;
use File::Find;
use TAP::Parser;

sub content {
  my ($path) = @_;
  open my $file, '<', $path or return '';
  local $/;
  my $text = <$file>;
  return defined $text ? $text : '';
}

my ($directory) = @ARGV;
die "usage: count_tap.pl DIRECTORY\n" unless defined $directory;
my ( $passed, @failed, @skipped, @files ) = (0);

find( sub { push @files, $File::Find::name if /\.tap$/ }, $directory );

for my $path ( sort @files ) {
  ( my $name   = $path ) =~ s{^\Q$directory\E/|\.tap$}{}g;
  ( my $status = $path ) =~ s{tap$}{status};
  my $parser = TAP::Parser->new( { tap => content($path) . "\n" } );
  my $failed_before = @failed;
  while ( my $result = $parser->next ) {
    next unless $result->is_test;
    ( my $what = $result->description ) =~ s{^- }{};
    my $test = "$name: $what";
    if    ( $result->has_skip ) { push @skipped, "$test: " . $result->explanation }
    elsif ( $result->is_ok )    { $passed++ }
    else                        { push @failed, $test }
  }
  push @skipped, "$name: " . $parser->skip_all if $parser->skip_all;
  next if @failed > $failed_before;
  my $ended = content($status);
  chomp $ended;
  if ( $ended ne '0' ) {
    push @failed, "$name: ended with status " . ( $ended || '(none)' );
  }
  elsif ( $parser->parse_errors ) {
    push @failed, "$name: " . join ', ', $parser->parse_errors;
  }
}

print "skipped: $_\n" for @skipped;
print "FAILED: $_\n"  for @failed;
printf "%d passed, %d failed, %d skipped\n", $passed, scalar @failed,
  scalar @skipped;
exit( @failed ? 1 : 0 );
