# SPDX-License-Identifier: MIT
# Prometheus, with the metrics of collectd's write_prometheus, scraped with
# honor_labels, so that the label instance is collectd's host.
package StorePrometheus;

use strict;
use warnings;

use Grafana;
use JSON::PP;
use Panels;

sub type  { return 'prometheus' }
sub title { return 'Prometheus' }

sub ask {
  my ( $store, $name, $label, $query, %more ) = @_;
  return Grafana::query_variable( $store, $name, $label,
    { query => $query, refId => "netloss-$name" }, %more );
}

sub variables {
  my ( $store, @layers ) = @_;
  return (
    ask( $store, 'host', 'Host',
          'label_values({__name__=~"collectd_('
        . join( '|', @layers )
        . ')_gauge"}, instance)' ),
    ask(
      $store, 'interface', 'Interface',
      'label_values(collectd_nic_ethtool_packets_total{instance="${host}"}, '
        . 'nic_ethtool)',
      Grafana::several('.+')
    ),
  );
}

sub is_one_of {
  my ( $label, @values ) = @_;
  return @values == 1
    ? "$label=\"$values[0]\""
    : "$label=~\"" . join( '|', @values ) . '"';
}

# Returns the labels of a query. write_prometheus puts the object, or without
# one the name, into a label named after the plugin; with an object, the name is
# in "type".
sub labels {
  my ($query) = @_;
  my @names  = Panels::names_of($query);
  my $object = $query->{object};
  return is_one_of( $query->{layer}, @names ) if $object eq '';
  my $which =
      $object eq 'interface' ? "$query->{layer}=~\"\${interface}\""
    : $object eq '*'         ? "$query->{layer}=~\".+\""
    : $object =~ /^(.*)\*$/  ? "$query->{layer}=~\"$1.*\""
    :                          is_one_of( $query->{layer}, $object );
  return join ',', $which, is_one_of( 'type', @names );
}

sub legend {
  my ($query) = @_;
  return $query->{layer} if Panels::is_state($query);
  return $query->{object} eq ''
    ? "{{$query->{layer}}}"
    : "{{$query->{layer}}} {{type}}";
}

sub target {
  my ( $store, $query ) = @_;
  my $counts = $query->{kind} eq 'counter';
  my $series = "collectd_$query->{layer}_$query->{type}"
    . ( $counts ? '_total' : '' )
    . '{instance="${host}",'
    . labels($query) . '}';
  return {
    expr         => $counts ? "rate($series\[\$__rate_interval])" : $series,
    legendFormat => legend($query),
    range        => JSON::PP::true,
    editorMode   => 'code',
  };
}

1;
