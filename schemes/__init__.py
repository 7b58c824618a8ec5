"""The schemes that come with grantengine: <authority>/<scheme>/scheme.yaml with worked cases beside it. Data only."""
