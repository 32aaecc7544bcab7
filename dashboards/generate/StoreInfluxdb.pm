# SPDX-License-Identifier: MIT
# InfluxDB, in InfluxQL. Handles both the measurements that its collectd input
# or Telegraf stores (softnet_value), which are counts, and those that
# write_influxdb_udp sends (softnet), which must be rates: counts are integers,
# and InfluxDB refuses integers in a field that has floating-point values.
package StoreInfluxdb;

use strict;
use warnings;

use Grafana;
use JSON::PP;
use Panels;

sub type  { return 'influxdb' }
sub title { return 'InfluxDB' }

# Expressions for the rate of a counter.
my %rates = (
  'counts (by collectd\'s protocol)' =>
    'non_negative_derivative(last("value"), 1s)',
  'rates (by write_influxdb_udp)' => 'mean("value")',
);

sub counters_variable {
  my @texts   = sort keys %rates;
  my @options = map { { text => $_, value => $rates{$_} } } @texts;
  return {
    type       => 'custom',
    name       => 'counters',
    label      => 'Counters are',
    query      =>
      join( ', ', map { "$_ : " . $rates{$_} =~ s/,/\\,/gr } @texts ),
    hide       => 0,
    multi      => JSON::PP::false,
    includeAll => JSON::PP::false,
    current    => $options[0],
    options    => [
      map {
        {
          %$_,
          selected => $_ == $options[0] ? JSON::PP::true : JSON::PP::false
        }
      } @options
    ],
  };
}

sub measurement {
  my ($layer) = @_;
  return "/^$layer(_value)?\$/";
}

sub variables {
  my ( $store, @layers ) = @_;
  return (
    Grafana::query_variable( $store, 'host', 'Host',
          'SHOW TAG VALUES FROM '
        . measurement( '(' . join( '|', @layers ) . ')' )
        . ' WITH KEY = "host"' ),
    Grafana::query_variable(
      $store,
      'interface',
      'Interface',
      'SHOW TAG VALUES FROM '
        . measurement('nic_ethtool')
        . ' WITH KEY = "instance" WHERE "host" = \'${host}\'',
      Grafana::several('.+')
    ),
    counters_variable(),
  );
}

sub is_one_of {
  my ( $tag, @values ) = @_;
  return @values == 1
    ? "\"$tag\" = '$values[0]'"
    : "\"$tag\" =~ /^(" . join( '|', @values ) . ')$/';
}

sub is_object {
  my ($object) = @_;
  return '"instance" =~ /^${interface:regex}$/' if $object eq 'interface';
  return '"instance" =~ /./' if $object eq '*';
  return "\"instance\" =~ /^$1/" if $object =~ /^(.*)\*$/;
  return "\"instance\" = '$object'";
}

# Returns the expression of a series: the rate of a counter; of a gauge, the
# value nearest to its limit.
sub value {
  my ($query) = @_;
  return '${counters:raw}' if $query->{kind} eq 'counter';
  return ( grep { $_->{warning_min} ne '' } @{ $query->{meters} } )
    ? 'min("value")'
    : 'max("value")';
}

sub legend {
  my ($query) = @_;
  return $query->{layer} if Panels::is_state($query);
  return $query->{object} eq ''
    ? '$tag_type_instance'
    : '$tag_instance $tag_type_instance';
}

sub target {
  my ( $store, $query ) = @_;
  my $where = join ' AND ', '"host" = \'${host}\'',
    is_object( $query->{object} ), is_one_of( 'type', $query->{type} ),
    is_one_of( 'type_instance', Panels::names_of($query) ), '$timeFilter';
  return {
    query => 'SELECT '
      . value($query)
      . ' FROM '
      . measurement( $query->{layer} )
      . " WHERE $where"
      . ' GROUP BY time($__interval), "instance", "type_instance" fill(none)',
    alias        => legend($query),
    rawQuery     => JSON::PP::true,
    resultFormat => 'time_series',
  };
}

1;
