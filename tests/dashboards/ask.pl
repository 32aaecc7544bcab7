#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Asks a store all that a dashboard asks, and compares that with what collectd
# wrote to CSV files meanwhile: every series that it wrote has to be in an
# answer, under its own name, with values, and no answer may hold anything else.
# Each LOSS, such as "snmp_proto Udp protocol_counter RcvbufErrors", has to be
# seen.
# Says what is wrong, and ends with 1 then.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;

use List::Util qw(max);
use Queries;
use Stores;

@ARGV >= 5 or die <<'USAGE';
usage: ask.pl STORE URL DASHBOARD TYPES.DB CSV/HOST [LOSS...]

STORE is graphite, prometheus, influxdb/DATABASE/counts, or
influxdb/DATABASE/rates.
USAGE
my ( $type, $url, $path, $types_db, $csv, @losses ) = @ARGV;
my ($host) = $csv =~ m{([^/]+)$};
my $store = { url => $url, host => $host, seconds => 0 };
@$store{qw(type database counters)} = split m{/}, $type;

# With so many rows in its CSV file, a series is in the store, too.
my $settled = 8;
my $faults  = 0;

sub fault {
  my (@words) = @_;
  print join( '', @words ), "\n";
  $faults++;
}

# The types whose values are counts.
sub counting_types {
  return map { /^(\w+)\s+\w+:(?:DERIVE|COUNTER):/ ? ( $1 => 1 ) : () }
    split /\n/, Queries::slurp($types_db);
}

# What collectd wrote: values and object, by the series' identity.
sub read_csv {
  my %written;
  for my $file ( sort glob "$csv/*/*" ) {
    my ( $layer, $object, $type, $name ) = $file =~
      m{/([^/-]+)(?:-([^/]+))?/([^/-]+)-([^/]+)-\d{4}-\d\d-\d\d$}
      or next;
    $object //= '';
    $object =~ s/\./_/g if $store->{type} eq 'graphite';
    my $identity = Queries::identity(
      { layer => $layer, object => $object, type => $type, name => $name } );
    my $series = $written{$identity} //=
      { layer => $layer, object => $object, type => $type, values => [] };
    for my $row ( split /\n/, Queries::slurp($file) ) {
      my ( $time, $value ) = $row =~ /^([0-9.]+),([0-9.e+-]+)$/ or next;
      push @{ $series->{values} }, $value;
      # As far back as any of it.
      $store->{seconds} = max( $store->{seconds}, int( time - $time ) + 5 );
    }
  }
  return %written;
}

my %counts  = counting_types();
my %written = read_csv();

# Whether collectd wrote anything but 0, or of a counter something new.
sub is_moving {
  my ($series) = @_;
  my @values = @{ $series->{values} };
  return $counts{ $series->{type} }
    ? $values[-1] > $values[0]
    : max(@values) > 0;
}

# The series in the CSV files that are asked for.
sub expected {
  my (@asked) = @_;
  my @patterns =
    map { quotemeta( Queries::identity($_) ) =~ s/\\\*/(?!- )[^ ]*/r } @asked;
  my $any = join '|', @patterns;
  return grep { /^(?:$any)$/ } sort keys %written;
}

my ( %seen, %faulty, $targets, $answered );

sub compare {
  my ( $panel, $target ) = @_;
  my @asked  = Queries::series( $store->{type}, $target );
  my $answer = Stores::ask( $store, $target, $asked[0] );
  my @expected = expected(@asked);
  for my $identity (@expected) {
    next if @{ $written{$identity}{values} } < $settled;
    my @values = @{ $answer->{$identity} // [] };
    if ( !@values ) {
      fault("$panel: no data of $identity");
    }
    elsif ( is_moving( $written{$identity} ) ) {
      $seen{$identity} = 1 if max(@values) > 0;
      fault("$panel: $identity is always 0") if max(@values) <= 0;
    }
  }
  my %known = map { $_ => 1 } @expected;
  fault("$panel: collectd never wrote $_")
    for grep { !$known{$_} } sort keys %$answer;
  return scalar keys %$answer;
}

my @variables;
my @panels;
if ( $path =~ /\.tsv$/ ) {
  @panels = Queries::graphs($path);
}
else {
  my $dashboard = Queries::read_json($path);
  @panels    = Queries::panels($dashboard);
  my $all = $dashboard->{templating}{list};
  @variables = grep { $_->{type} eq 'query' } @$all;
  $store->{values} = {
    map { ( "$_->{name}:raw" => Stores::option( $_, $store->{counters} ) ) }
    grep { $_->{type} eq 'custom' } @$all
  };
}

for my $panel (@panels) {
  for my $target ( @{ $panel->{targets} } ) {
    $targets++;
    my $count = eval { compare( $panel->{title}, $target ) };
    fault( "$panel->{title}: ", Stores::text_of( $store, $target ), ": $@" )
      if !defined $count;
    $answered++ if $count;
  }
}

my %interfaces = map { $_->{object} => 1 }
  grep { $_->{layer} eq 'nic_ethtool' && $_->{object} ne '' } values %written;
my %choices =
  ( host => $host, interface => join( ' ', sort keys %interfaces ) );
for my $variable (@variables) {
  my $found = join ' ', sort( Stores::choices( $store, $variable ) );
  fault("\$$variable->{name}: found $found, not $choices{ $variable->{name} }")
    if $found ne $choices{ $variable->{name} };
}

for my $loss (@losses) {
  fault("$loss is not seen") if !$seen{$loss};
}
fault('no query had an answer') if !$answered;
printf "%d queries, %d with data, %d series that move\n", $targets, $answered,
  scalar keys %seen;
exit( $faults ? 1 : 0 );
