"""The subcommands of ``lotwise``, one a module; what they compute stands in the layers below."""
