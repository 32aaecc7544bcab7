#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Has graphite-web render graphs of graphs.tsv: see the usage below.
use strict;
use warnings;
use FindBin;

use HTTP::Tiny;

@ARGV >= 4 or die <<'USAGE';
usage: render.pl URL HOST SECONDS DIRECTORY [TITLE...]

Writes a picture of each graph of the last SECONDS, or of those with the titles
given, to DIRECTORY. URL is graphite-web's, and HOST the host with its prefix,
such as collectd.web1_example_com.
USAGE
my ( $url, $host, $seconds, $directory, @titles ) = @ARGV;

sub slug {
  my ($title) = @_;
  $title =~ s/[^A-Za-z0-9]+/-/g;
  $title =~ s/^-|-$//g;
  return lc $title;
}

sub render {
  my ( $title, @targets ) = @_;
  s/\$HOST/$host/g for @targets;
  my $response = HTTP::Tiny->new( timeout => 60 )->post_form(
    "$url/render/",
    [
      ( map { ( target => $_ ) } @targets ),
      title      => $title,
      from       => "-${seconds}s",
      format     => 'png',
      width      => 600,
      height     => 250,
      yMin       => 0,
      lineMode   => 'staircase',
      hideLegend => 'false',
      bgcolor    => 'white',
      fgcolor    => 'black',
    ]
  );
  $response->{success} && $response->{content} =~ /^\x89PNG/
    or die "$title: $response->{status} "
    . substr( $response->{content}, 0, 400 ) . "\n";
  return $response->{content};
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
  write_file( "$directory/" . slug($title) . '.png', render( $title, @targets ) );
}
die "there is no graph ", join( ', ', sort keys %wanted ), "\n" if %wanted;
