#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Sends all queries of a dashboard to a store, and compares the answers with the
# CSV files that collectd wrote meanwhile. Every series in the files must be in
# an answer, under its own name, and must move if the store saw it move; no
# answer may have another series. Each LOSS, such as "snmp_proto Udp
# protocol_counter RcvbufErrors", must have moved. Prints each fault, and exits
# with 1 if there are any.
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

# A series with so many rows in its CSV file is in the store too.
my $settled = 8;
my $faults  = 0;

sub fault {
  my (@words) = @_;
  print join( '', @words ), "\n";
  $faults++;
}

# Returns the types whose values are counts.
sub counting_types {
  return map { /^(\w+)\s+\w+:(?:DERIVE|COUNTER):/ ? ( $1 => 1 ) : () }
    split /\n/, Queries::slurp($types_db);
}

# Returns what collectd wrote, by the series' identity.
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
      {
      layer  => $layer,
      object => $object,
      type   => $type,
      times  => [],
      values => []
      };
    for my $row ( split /\n/, Queries::slurp($file) ) {
      my ( $time, $value ) = $row =~ /^([0-9.]+),([0-9.e+-]+)$/ or next;
      push @{ $series->{times} },  $time;
      push @{ $series->{values} }, $value;
      # Query as far back as the oldest row.
      $store->{seconds} = max( $store->{seconds}, int( time - $time ) + 5 );
    }
  }
  return %written;
}

my %counts  = counting_types();
my %written = read_csv();

# Returns the places of values that move: of a gauge, values above 0; of a
# counter, values greater than the one before. Looks at the given places, by
# default all.
sub moves {
  my ( $type, $values, @places ) = @_;
  @places = 0 .. $#$values if @_ == 2;
  return grep { $values->[$_] > 0 } @places if !$counts{$type};
  return grep { $_ > 0 && $values->[$_] > $values->[ $_ - 1 ] } @places;
}

# CSV files round times to the millisecond.
my $blur = 0.001;

# Returns the places of the rows that Graphite keeps: write_graphite rounds
# times to the second, and the last row of each second stays.
sub kept_by_graphite {
  my @times = @_;
  return grep {
    $_ == $#times
      || int( $times[ $_ + 1 ] - $blur + 0.5 ) > int( $times[$_] + $blur + 0.5 )
  } 0 .. $#times;
}

# Returns the places of the counts that fall into another second than the one
# before, for queries that combine all counts of a second.
sub apart_by_second {
  my @times = @_;
  return grep {
    $_ > 0 && int( $times[$_] - $blur ) > int( $times[ $_ - 1 ] + $blur )
  } 0 .. $#times;
}

# Returns whether a store other than Prometheus has seen a series move. These
# stores receive all of collectd's values.
sub is_moving {
  my ($series) = @_;
  my ( $type, $times, $values ) = @$series{qw(type times values)};
  return moves( $type, $values, kept_by_graphite(@$times) )
    if $store->{type} eq 'graphite';
  return moves( $type, $values, apart_by_second(@$times) )
    if $store->{counters} eq 'counts' && $counts{$type};
  return moves( $type, $values );
}

# Returns the same for Prometheus, which scrapes only the current values. Checks
# that they are those that collectd wrote, and that they are recent.
sub has_fetched_a_move {
  my ( $identity, @fetched ) = @_;
  my $series = $written{$identity};
  my %value;
  @value{ map { int( $_ * 1000 + 0.5 ) } @{ $series->{times} } } =
    @{ $series->{values} };
  my ( $newest, $last ) = ( 0, $series->{times}[-1] );
  for my $sample (@fetched) {
    my ( $time, $value ) = @$sample;
    $newest = max( $newest, $time );
    next if $time > $last || $value !~ /^[-0-9]/;
    my @near = grep { defined }
      @value{ map { int( $time * 1000 + 0.5 ) + $_ } -1 .. 1 };
    fault("$identity: Prometheus has $value at $time")
      if !grep { abs( $_ - $value ) < 1e-6 * ( 1 + abs $value ) } @near;
  }
  fault("$identity: Prometheus has nothing since $newest")
    if $newest < $last - $settled;
  return moves( $series->{type}, [ map { $_->[1] } @fetched ] );
}

# Returns the series in the CSV files that a query asks for.
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
  my $fetched =
    $store->{type} eq 'prometheus'
    ? Stores::fetched( $store, $target, $asked[0] )
    : undef;
  my @expected = expected(@asked);
  for my $identity (@expected) {
    next if @{ $written{$identity}{values} } < $settled;
    my @values = @{ $answer->{$identity} // [] };
    if ( !@values ) {
      fault("$panel: no data of $identity");
      next;
    }
    my $has_moved =
      $fetched
      ? has_fetched_a_move( $identity, @{ $fetched->{$identity} // [] } )
      : is_moving( $written{$identity} );
    next if !$has_moved;
    $seen{$identity} = 1 if max(@values) > 0;
    fault("$panel: $identity is always 0") if max(@values) <= 0;
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
  fault("$loss did not move") if !$seen{$loss};
}
fault('no query was answered') if !$answered;
printf "%d queries, %d with data, %d series that move\n", $targets, $answered,
  scalar keys %seen;
exit( $faults ? 1 : 0 );
