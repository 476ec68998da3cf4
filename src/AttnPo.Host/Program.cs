using AttnPo.Host;

return await CommandLine.RunAsync(args, Console.Out, Console.Error);
