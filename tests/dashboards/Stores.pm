# SPDX-License-Identifier: MIT
# Sends a dashboard's queries to a store, as Grafana does. A store is a hash:
# type and url (and database, for InfluxDB), collectd's host, the seconds that
# answers cover, and values of variables, as inserted into queries.
package Stores;

use strict;
use warnings;

use HTTP::Tiny;
use JSON::PP;
use Queries;

sub request {
  my ( $store, $place, %form ) = @_;
  my $http     = HTTP::Tiny->new( timeout => 60 );
  my $url      = "$store->{url}$place";
  my $response = $http->post_form( $url, \%form );
  $response->{success}
    or die "$url: $response->{status} $response->{content}\n";
  return JSON::PP->new->decode( $response->{content} );
}

# Replaces variables, with all interfaces chosen.
sub fill_in {
  my ( $store, $query ) = @_;
  my %value = (
    prefix            => 'collectd.',
    host              => $store->{host},
    HOST              => "collectd.$store->{host}",
    interface         => $store->{type} eq 'graphite' ? '*' : '.+',
    'interface:regex' => '.+',
    __interval        => '1s',
    __rate_interval   => '15s',
    timeFilter        => "time > now() - $store->{seconds}s",
    %{ $store->{values} // {} },
  );
  $query =~ s/\$(?:\{([\w:]+)\}|(\w+))/
              $value{ $1 \/\/ $2 } \/\/ die "$&: no such variable\n"/gex;
  return $query;
}

# Returns the text of a target's query.
sub text_of {
  my ( $store, $target ) = @_;
  return fill_in( $store, $target ) if !ref $target;
  return fill_in( $store,
    $target->{ { influxdb => 'query', prometheus => 'expr' }->{ $store->{type} }
        // 'target' } );
}

# Adds values to those of a series, by the series' identity.
sub keep {
  my ( $kept, $asked, $object, $name, @values ) = @_;
  my $identity =
    Queries::identity( { %$asked, object => $object, name => $name } );
  push @{ $kept->{$identity} }, grep { defined } @values;
}

sub ask_graphite {
  my ( $store, $query, $asked ) = @_;
  my $answer = request(
    $store, '/render/',
    target => $query,
    from   => "-$store->{seconds}s",
    format => 'json'
  );
  my %kept;
  for my $series (@$answer) {
    my @legend = split / /, $series->{target};
    my $name   = pop @legend;
    $name = 'alert' if $name eq $asked->{layer};
    keep( \%kept, $asked, $legend[0] // '', $name,
      map { $_->[0] } @{ $series->{datapoints} } );
  }
  return \%kept;
}

sub query_influxdb {
  my ( $store, $query ) = @_;
  my $answer =
    request( $store, '/query',
    db => $store->{database}, epoch => 's', q => $query );
  my $result = $answer->{results}[0];
  die "$result->{error}\n" if defined $result->{error};
  return @{ $result->{series} // [] };
}

sub ask_influxdb {
  my ( $store, $query, $asked ) = @_;
  my %kept;
  keep( \%kept, $asked, @{ $_->{tags} }{qw(instance type_instance)},
    map { $_->[1] } @{ $_->{values} } )
    for query_influxdb( $store, $query );
  return \%kept;
}

# Returns Prometheus' answer to a query: the elements of each series, by
# identity.
sub query_prometheus {
  my ( $store, $asked, $place, %form ) = @_;
  my $answer = request( $store, $place, %form );
  my %kept;
  for my $series ( @{ $answer->{data}{result} } ) {
    my ( $first, $second ) = @{ $series->{metric} }{ $asked->{layer}, 'type' };
    my @identity = defined $second ? ( $first, $second ) : ( '', $first );
    keep( \%kept, $asked, @identity, @{ $series->{values} } );
  }
  return \%kept;
}

sub ask_prometheus {
  my ( $store, $query, $asked ) = @_;
  my $kept = query_prometheus(
    $store, $asked, '/api/v1/query_range',
    query => $query,
    start => time - $store->{seconds},
    end   => time,
    step  => 1
  );
  $_ = [ map { $_->[1] } @$_ ] for values %$kept;
  return $kept;
}

# Returns what Prometheus has scraped of a target's series: pairs of time and
# value.
sub fetched {
  my ( $store, $target, $asked ) = @_;
  my $query = text_of( $store, $target ) =~ s/^rate\((.*)\[\w+\]\)$/$1/r;
  return query_prometheus( $store, $asked, '/api/v1/query',
    query => "$query\[$store->{seconds}s]" );
}

# Returns the values in the answer to a target, by identity; asked is one of the
# series that the target asks for.
sub ask {
  my ( $store, $target, $asked ) = @_;
  my $query = text_of( $store, $target );
  return ask_graphite( $store, $query, $asked ) if $store->{type} eq 'graphite';
  return ask_influxdb( $store, $query, $asked ) if $store->{type} eq 'influxdb';
  return ask_prometheus( $store, $query, $asked );
}

# Returns the value of a custom variable whose text begins with a word. Grafana
# parses the pairs from the query, where commas in values are escaped.
sub option {
  my ( $variable, $word ) = @_;
  for my $pair ( $variable->{query} =~ /((?:\\,|[^,])+)/g ) {
    my ( $text, $value ) = $pair =~ /^\s*(.+)\s:\s(.+)$/
      or die "expected TEXT : VALUE, found $pair\n";
    return $value =~ s/\\,/,/gr if index( $text, $word ) == 0;
  }
  die "$variable->{name} has no $word\n";
}

# Removes duplicates, as Grafana does with choices.
sub unique {
  my %found = map { $_ => 1 } @_;
  return sort keys %found;
}

# Returns the choices of a dashboard's variable.
sub choices {
  my ( $store, $variable ) = @_;
  my $query = fill_in( $store, $variable->{definition} );
  if ( $store->{type} eq 'graphite' ) {
    my @found = map { $_->{text} }
      @{ request( $store, '/metrics/find/', query => $query ) };
    my ($regex) = $variable->{regex} =~ m{^/(.*)/$} or return @found;
    return map { /$regex/ ? $1 : () } @found;
  }
  return unique( map { $_->[1] } map { @{ $_->{values} } }
      query_influxdb( $store, $query ) )
    if $store->{type} eq 'influxdb';
  my ( $series, $label ) = $query =~ /^label_values\((.*), (\w+)\)$/
    or die "this query has no known form: $query\n";
  my $answer = request( $store, '/api/v1/series', 'match[]' => $series );
  return unique( grep { defined } map { $_->{$label} } @{ $answer->{data} } );
}

1;
