#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Renders the graphs of graphs.tsv with graphite-web: see the usage below.
use strict;
use warnings;
use FindBin;

use HTTP::Tiny;

@ARGV >= 4 or die <<'USAGE';
usage: render.pl URL HOST SECONDS DIRECTORY [TITLE...]

Writes a picture of each graph, for the last SECONDS, to DIRECTORY. With titles,
writes only those graphs, and fails if one has no data. URL is graphite-web's;
HOST is the host with its prefix, such as collectd.web1_example_com.
USAGE
my ( $url, $host, $seconds, $directory, @titles ) = @ARGV;

sub slug {
  my ($title) = @_;
  $title =~ s/[^A-Za-z0-9]+/-/g;
  $title =~ s/^-|-$//g;
  return lc $title;
}

sub ask {
  my ( $targets, %more ) = @_;
  my @form = map { ( target => $_ ) } @$targets;
  my $response = HTTP::Tiny->new( timeout => 60 )
    ->post_form( "$url/render/", [ @form, from => "-${seconds}s", %more ] );
  $response->{success}
    or die "$response->{status} "
    . substr( $response->{content}, 0, 400 ) . "\n";
  return $response->{content};
}

sub has_data {
  my (@targets) = @_;
  my @series = grep { !/^threshold\(/ } @targets;
  return ask( \@series, format => 'csv' ) =~ /,[0-9.]+\r?$/m;
}

sub render {
  my ( $title, @targets ) = @_;
  my $picture = ask(
    \@targets,
    title     => $title,
    format    => 'png',
    width     => 600,
    height    => 250,
    yMin      => 0,
    lineMode  => 'staircase',
    bgcolor   => 'white',
    fgcolor   => 'black',
    lineWidth => 2,
  );
  return $picture =~ /^\x89PNG/ ? $picture : die "the answer is not a picture\n";
}

sub write_file {
  my ( $path, $bytes ) = @_;
  open my $file, '>:raw', $path or die "$path: $!\n";
  print {$file} $bytes;
  close $file or die "$path: $!\n";
}

my %wanted = map { $_ => 1 } @titles;
my $graphs = "$FindBin::Bin/graphs.tsv";
open my $file, '<', $graphs or die "$graphs: $!\n";
while ( my $line = <$file> ) {
  chomp $line;
  my ( $row, $title, @targets ) = split /\t/, $line;
  next if @titles && !delete $wanted{$title};
  s/\$HOST/$host/g for @targets;
  eval {
    die "no data\n" if @titles && !has_data(@targets);
    write_file( "$directory/" . slug($title) . '.png',
      render( $title, @targets ) );
    1;
  } or die "$title: $@";
}
die "no graph has the title ", join( ', ', sort keys %wanted ), "\n"
  if %wanted;
