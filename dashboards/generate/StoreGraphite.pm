# SPDX-License-Identifier: MIT
# Graphite, as write_graphite fills it by default: counters are rates, with
# names such as PREFIXHOST.softnet-3.packets-dropped.
package StoreGraphite;

use strict;
use warnings;

use Grafana;
use JSON::PP;
use Panels;

sub type  { return 'graphite' }
sub title { return 'Graphite' }

sub variables {
  my ($store) = @_;
  return (
    {
      type        => 'textbox',
      name        => 'prefix',
      label       => 'Prefix',
      description => 'The Prefix of write_graphite, with its dot',
      query       => 'collectd.',
      current     => { text => 'collectd.', value => 'collectd.' },
      options     => [
        {
          text     => 'collectd.',
          value    => 'collectd.',
          selected => JSON::PP::true
        }
      ],
      hide => 0,
    },
    Grafana::query_variable( $store, 'host', 'Host', '${prefix}*' ),
    Grafana::query_variable(
      $store, 'interface', 'Interface', '${prefix}${host}.nic_ethtool-*',
      regex => '/^nic_ethtool-(.*)$/',
      Grafana::several('*')
    ),
  );
}

sub alternatives {
  my @names = @_;
  return @names == 1 ? $names[0] : '{' . join( ',', @names ) . '}';
}

# For Grafana and for graphite-web: returns the target of a query, with object
# and name as the legend. $interface stands for the interfaces.
sub named_series {
  my ( $host, $interface, $query ) = @_;
  my $object = $query->{object} eq 'interface' ? $interface : $query->{object};
  my $folder = $query->{layer} . ( $object eq '' ? '' : "-$object" );
  my $series = join '.', $host, $folder,
    "$query->{type}-" . alternatives( Panels::names_of($query) );
  return "alias($series,\"$query->{layer}\")" if Panels::is_state($query);
  return "aliasSub($series,\"^.*\\.$query->{layer}\\.$query->{type}-\",\"\")"
    if $object eq '';
  return "aliasSub($series,\"^.*\\.$query->{layer}-([^.]+)\\.$query->{type}-\","
    . '"\1 ")';
}

sub target {
  my ( $store, $query ) = @_;
  return {
    target     => named_series( '${prefix}${host}', '${interface}', $query ),
    textEditor => JSON::PP::true,
  };
}

1;
