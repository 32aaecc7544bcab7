#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Checks the dashboards without a store: see usage(). Prints each fault, and
# exits with 1 if there are any.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;

use Queries;
use Schema;

sub usage {
  die <<'USAGE';
usage: check.pl schema DASHBOARD          it fits Grafana's schema
       check.pl series METERS DASHBOARD   every series is sent by a plugin
       check.pl panels METERS DASHBOARD   limits and texts are those of the meters
       check.pl covers METERS DASHBOARD   it has every meter with built-in limits
       check.pl titles DASHBOARD          print rows, panels and series
DASHBOARD may also be graphs.tsv, except for schema and panels.
METERS is the output of list_meters.
USAGE
}

my @limits = qw(warning_max failure_max warning_min failure_min);
my $faults = 0;

sub fault {
  my (@words) = @_;
  print join( '', @words ), "\n";
  $faults++;
}

sub has_limits {
  my ($meter) = @_;
  return scalar grep { $meter->{$_} ne '' } @limits;
}

# Returns the panels of a dashboard or of graphs.tsv, with their series.
sub read_panels {
  my ($path) = @_;
  if ( $path =~ /\.tsv$/ ) {
    return map {
      {
        %$_, series => [ map { Queries::series( 'graphite', $_ ) }
            @{ $_->{targets} } ]
      }
    } Queries::graphs($path);
  }
  my $row = '';
  my @panels;
  for my $panel ( @{ Queries::read_json($path)->{panels} } ) {
    if ( $panel->{type} eq 'row' ) {
      $row = $panel->{title};
      next;
    }
    my @series = map { Queries::series( $panel->{datasource}{type}, $_ ) }
      @{ $panel->{targets} };
    push @panels, { %$panel, row => $row, series => \@series };
  }
  return @panels;
}

# Returns whether a meter with this key can be sent for the object.
# "Udp:InErrors" belongs to Udp; in sock_backlog, total_accept and
# ephemeral_ports belong to "tcp", accept to "tcp-443".
sub fits {
  my ( $key, $series ) = @_;
  my $object = $series->{object};
  return $1 eq $object if $key =~ /^(.*):/;
  return 1 if $series->{layer} ne 'sock_backlog' || $object eq '';
  return ( $key =~ /^(?:total|ephemeral)_/ ) != ( $object =~ /-/ );
}

# Returns the meters of a series: more than one if they share a name.
sub meters_of {
  my ( $series, @meters ) = @_;
  return grep {
         $_->{layer} eq $series->{layer}
      && $_->{type} eq $series->{type}
      && $_->{name} eq $series->{name}
      && fits( $_->{key}, $series )
  } @meters;
}

sub check_series {
  my ( $meters, $path ) = @_;
  my @meters = Queries::read_meters($meters);
  my $count  = 0;
  for my $panel ( read_panels($path) ) {
    fault("$panel->{title}: no series") if !@{ $panel->{series} };
    for my $series ( @{ $panel->{series} } ) {
      my $what  = "$panel->{title}: " . Queries::identity($series);
      my @found = meters_of( $series, @meters );
      $count++;
      fault("$what: no plugin sends it") if !@found;
      fault("$what: is a $found[0]{kind}, but queried as a $series->{kind}")
        if @found
        && defined $series->{kind}
        && $series->{kind} ne $found[0]{kind};
    }
  }
  fault("found only $count series") if $count < 50;
}

# Returns the meters with limits behind a panel's series.
sub judged_in {
  my ( $panel, @meters ) = @_;
  return grep { has_limits($_) }
    map { meters_of( $_, @meters ) } @{ $panel->{series} };
}

sub expected_steps {
  my ($meter) = @_;
  my %color = ( warning => 'orange', failure => 'red' );
  my @below = grep { $meter->{$_} ne '' } qw(failure_min warning_min);
  my @above = grep { $meter->{$_} ne '' } qw(warning_max failure_max);
  my @values = map { 0 + $meter->{$_} } @below, @above;
  my @colors = (
    ( map { $color{ ( split /_/ )[0] } } @below ),
    'green', map { $color{ ( split /_/ )[0] } } @above
  );
  return join ' ', map { "$colors[$_]:" . ( $_ ? $values[ $_ - 1 ] : '' ) }
    0 .. $#colors;
}

sub found_steps {
  my ($panel) = @_;
  return join ' ', map { "$_->{color}:" . ( $_->{value} // '' ) }
    @{ $panel->{fieldConfig}{defaults}{thresholds}{steps} };
}

# Checks that the legend distinguishes the series of a target. In Graphite, the
# query itself names them.
sub check_legend {
  my ( $panel, $target ) = @_;
  my $store = $panel->{datasource}{type};
  return if $store eq 'graphite';
  my ( $layer, $object, $name ) =
    @{ ( Queries::series( $store, $target ) )[0] }{qw(layer object name)};
  my @words =
    $store eq 'influxdb'
    ? ( '$tag_instance', '$tag_type_instance' )
    : ( "{{$layer}}", '{{type}}' );
  my $wanted =
      $name eq 'alert' ? $layer
    : $object ne ''    ? "@words"
    : $store eq 'influxdb' ? $words[1]
    :                        $words[0];
  my $found = $target->{alias} // $target->{legendFormat} // '';
  fault("$panel->{title}: the legend is $found, not $wanted")
    if $found ne $wanted;
}

sub check_panels {
  my ( $meters, $path ) = @_;
  my @meters = Queries::read_meters($meters);
  for my $panel ( read_panels($path) ) {
    check_legend( $panel, $_ ) for @{ $panel->{targets} };
    next if $panel->{type} eq 'state-timeline';
    my @judged = judged_in( $panel, @meters );
    my $style  = $panel->{fieldConfig}{defaults}{custom}{thresholdsStyle}{mode};
    fault("$panel->{title}: thresholdsStyle is $style")
      if ( $style eq 'off' ) != !@judged;
    for my $meter (@judged) {
      my ( $wanted, $found ) = ( expected_steps($meter), found_steps($panel) );
      fault("$panel->{title}: thresholds are $found, those of $meter->{key} ",
        $wanted )
        if $wanted ne $found;
    }
    for my $meter ( map { meters_of( $_, @meters ) } @{ $panel->{series} } ) {
      for my $column (qw(setting advice help)) {
        fault("$panel->{title}: the $column of $meter->{key} is missing")
          if index( $panel->{description}, $meter->{$column} ) < 0
          && !( $column eq 'advice' && $meter->{meaning} eq 'setting' );
      }
    }
  }
}

sub check_covers {
  my ( $meters, $path ) = @_;
  my @meters = Queries::read_meters($meters);
  my %shown;
  for my $panel ( read_panels($path) ) {
    $shown{"$_->{layer} $_->{key}"} = 1
      for map { meters_of( $_, @meters ) } @{ $panel->{series} };
  }
  for my $meter (@meters) {
    my $name = "$meter->{layer} $meter->{key}";
    fault("$name is not shown")
      if !$shown{$name}
      && ( has_limits($meter) || $meter->{key} eq 'alert' );
  }
}

sub print_titles {
  my ($path) = @_;
  print join( "\t", $_->{row}, $_->{title}, map { Queries::identity($_) }
        @{ $_->{series} } ), "\n"
    for read_panels($path);
}

my ( $check, @files ) = @ARGV;
usage() if !defined $check || !@files;
if ( $check eq 'schema' && @files == 1 ) {
  fault($_) for Schema::faults( Queries::read_json( $files[0] ) );
}
elsif ( $check eq 'series' && @files == 2 ) { check_series(@files) }
elsif ( $check eq 'panels' && @files == 2 ) { check_panels(@files) }
elsif ( $check eq 'covers' && @files == 2 ) { check_covers(@files) }
elsif ( $check eq 'titles' && @files == 1 ) { print_titles(@files) }
else                                        { usage() }
exit( $faults ? 1 : 0 );
