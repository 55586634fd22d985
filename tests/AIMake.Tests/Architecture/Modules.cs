using System.Reflection;
using System.Reflection.Emit;
using AIMake.Platform.Database;

namespace AIMake.Tests.Architecture;

/// <summary>The folders of the server, and what the compiled code of each one refers to.</summary>
internal static class Modules
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Instructions =
        typeof(OpCodes).GetFields(BindingFlags.Static | BindingFlags.Public).Select(f => (OpCode)f.GetValue(null)!).ToDictionary(o => o.Value);

    public static IReadOnlyList<string> Names { get; } =
        [.. typeof(Statement).Assembly.GetTypes().Select(Of).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The folder a type of ours belongs to; null for others and for the composition at the root.</summary>
    public static string? Of(Type type) =>
        type.Assembly == typeof(Statement).Assembly && type.Namespace?.Split('.') is ["AIMake", var module, ..] ? module : null;

    /// <summary>Every pair of different folders of which the first refers to the second, with one place that does.</summary>
    public static Dictionary<(string From, string To), string> References()
    {
        var found = new Dictionary<(string, string), string>();
        foreach (var type in typeof(Statement).Assembly.GetTypes().Where(t => Of(t) is not null))
        {
            foreach (var used in Used(type).SelectMany(Parts).Select(Of).OfType<string>().Where(m => m != Of(type)))
            {
                found.TryAdd((Of(type)!, used), type.FullName!);
            }
        }

        return found;
    }

    private static IEnumerable<Type> Used(Type type)
    {
        IEnumerable<Type> signature = [.. type.BaseType is { } parent ? [parent] : (Type[])[], .. type.GetInterfaces(), .. type.GetFields(Declared).Select(f => f.FieldType)];
        var methods = type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared));
        return signature.Concat(methods.SelectMany(Used));
    }

    private static IEnumerable<Type> Used(MethodBase method)
    {
        var signature = method.GetParameters().Select(p => p.ParameterType).Append((method as MethodInfo)?.ReturnType ?? typeof(void));
        return method.GetMethodBody() is { } body
            ? signature.Concat(body.LocalVariables.Select(l => l.LocalType)).Concat(Mentioned(method, body.GetILAsByteArray()!))
            : signature;
    }

    /// <summary>The types that stand in a method's code: of what it calls, makes, reads, casts.</summary>
    private static IEnumerable<Type> Mentioned(MethodBase method, byte[] code)
    {
        var typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        foreach (var token in Tokens(code))
        {
            var member = method.Module.ResolveMember(token, typeArguments, methodArguments)!;
            yield return member as Type ?? member.DeclaringType!;
            foreach (var argument in member is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericArguments() : [])
            {
                yield return argument;
            }
        }
    }

    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            var instruction = code[at] == 0xFE ? Instructions[(short)(0xFE00 | code[at + 1])] : Instructions[code[at]];
            at += instruction.Size;
            if (instruction.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                yield return BitConverter.ToInt32(code, at);
            }

            at += instruction.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsConstructedGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition())
        : [type];
}
