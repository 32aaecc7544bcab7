#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Generates the dashboards from panels.tsv and the output of list_meters.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/generate";

use File::Path qw(make_path);
use JSON::PP;

use Grafana;
use GraphiteWeb;
use Panels;
use StoreGraphite;
use StoreInfluxdb;
use StorePrometheus;

@ARGV == 3 or die "usage: generate.pl METERS PANELS DIRECTORY\n";
my ( $meters, $panels, $directory ) = @ARGV;
my $rows = Panels::read_rows( $panels, Panels::read_meters($meters) );

sub write_file {
  my ( $name, $text ) = @_;
  my $path = "$directory/$name";
  open my $file, '>', $path or die "$path: $!\n";
  print {$file} $text;
  close $file or die "$path: $!\n";
}

make_path( "$directory/grafana", "$directory/graphite" );
my $json = JSON::PP->new->canonical->indent->indent_length(1)->space_after;
for my $store (qw(StoreGraphite StoreInfluxdb StorePrometheus)) {
  write_file( 'grafana/netloss-' . $store->type . '.json',
    $json->encode( Grafana::dashboard( $store, $rows ) ) );
}
write_file( 'graphite/graphs.tsv', GraphiteWeb::graphs($rows) );
